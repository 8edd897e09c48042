/**
 * Whether a value that is still good should be loaded anew now, by chance: the nearer its end and the longer a load
 * takes, the likelier. Of many readers one comes a load's time early, so that no reader finds the value expired.
 *
 * XFetch, with beta 1: A. Vattani, F. Chierichetti, K. Lowenstein, "Optimal Probabilistic Cache Stampede Prevention",
 * PVLDB 8(8), 2015, figure 3.
 *
 * @param remainingMs until the value expires
 * @param loadMs how long the last load took
 * @param chance uniform in (0, 1]
 */
export function isRefreshDue(remainingMs: number, loadMs: number, chance: number): boolean {
  return -loadMs * Math.log(chance) >= remainingMs;
}
