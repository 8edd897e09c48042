import { confidenceInterval, type Interval } from '../measure/statistics/bootstrap.js';
import { median } from '../measure/statistics/percentile.js';

/** How a figure lay over several runs of one lab. */
export interface Spread {
  /** How many runs have the figure. */
  runs: number;
  min: number;
  median: number;
  max: number;
  /** Of the median; null for too few runs, see `repeatsNeeded`. */
  interval: Interval | null;
}

/** Any will do; a fixed one gives the same comparison for the same runs. */
const seed = 1;

/** @returns null when no run has the figure. Pure. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const known = values.filter((value) => value !== null);
  const middle = median(known);
  if (middle === null) return null;
  return {
    runs: known.length,
    min: Math.min(...known),
    median: middle,
    max: Math.max(...known),
    interval: confidenceInterval([known], ([drawn = new Float64Array()]) => median(drawn) ?? Number.NaN, {
      seed,
    }),
  };
}
