import type { ErrorCounts } from './bench-result.js';

export function countError(errors: ErrorCounts, name: string): void {
  errors[name] = (errors[name] ?? 0) + 1;
}

/** All of them, by name. */
export function addErrors(all: readonly ErrorCounts[]): ErrorCounts {
  const sum: ErrorCounts = {};
  for (const errors of all) {
    for (const [name, count] of Object.entries(errors)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}
