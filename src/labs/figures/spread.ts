import { confidenceInterval, type Interval } from '../../measure/statistics/bootstrap.js';
import { median, nearestRank } from '../../measure/statistics/percentile.js';

/** How a figure lay over several runs of one lab. */
export interface Spread {
  /** How many runs have the figure. */
  runs: number;
  min: number;
  median: number;
  max: number;
  /** By nearest rank; null for fewer than 20 runs, of which it would be the maximum under another name. */
  p95: number | null;
  /** Of the median; null for too few runs, see `repeatsNeeded`. */
  interval: Interval | null;
}

/** A p95 of fewer runs would be their maximum. */
const runsForP95 = 20;

/**
 * @param seed of the interval; any will do, and a fixed one gives the same result for the same runs
 * @returns null when no run has the figure. Pure.
 */
export function spreadOf(values: readonly (number | null)[], seed = 1): Spread | null {
  const known = values.filter((value) => value !== null);
  const middle = median(known);
  if (middle === null) return null;
  return {
    runs: known.length,
    min: Math.min(...known),
    median: middle,
    max: Math.max(...known),
    p95: known.length < runsForP95 ? null : nearestRank(Float64Array.from(known).sort(), 0.95),
    interval: confidenceInterval([known], ([drawn = new Float64Array()]) => median(drawn) ?? Number.NaN, {
      seed,
    }),
  };
}
