/**
 * What every sku of a run begins with.
 *
 * @param runId letters and digits, so that no run's prefix begins another's
 * @throws RangeError for another form: a sku has 64 characters at most
 */
export function skuPrefix(runId: string): string {
  if (!/^[A-Za-z0-9]{1,32}$/.test(runId)) {
    throw new RangeError(`A run's id is 1 to 32 letters and digits, not "${runId}"`);
  }
  return `lab-${runId}-`;
}
