/**
 * How many values must lie beyond a percentile before it is told.
 *
 * The number of values beyond the true percentile is close to a Poisson variable. When 10 are expected, 95 of 100
 * samples have 5 to 18 of them there (Garwood's exact interval for a Poisson count of 10: 4.80 to 18.39; Biometrika 28,
 * 1936): what is told as p99 is then a percentile between p98.2 and p99.5. With fewer, the name says more than the
 * sample knows, and the figure is little else than the maximum.
 */
const neededBeyond = 10;

/** @param share of the values that are not beyond it: 0.99 is p99 */
export function samplesNeeded(share: number): number {
  // The median is told of any sample: it lies where the values are, and not in their tail.
  if (share <= 0.5) return 1;
  // 1 - 0.9 is a little less than 0.1 in binary: without rounding p90 would ask for 101.
  return Math.ceil(Number((neededBeyond / (1 - share)).toFixed(6)));
}

/** Whether this many values support that percentile. */
export const isSupported = (share: number, count: number): boolean => count >= samplesNeeded(share);

const inOrder = (values: Iterable<number>): Float64Array => Float64Array.from(values).sort();

/** The middle value, or the mean of the two in the middle; null when there is none. */
export function median(values: Iterable<number>): number | null {
  const sorted = inOrder(values);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return null;
  if (sorted.length % 2 === 1) return upper;
  const lower = sorted[middle - 1] ?? upper;
  // The sum of two very large values is no number any more.
  return Number.isFinite(lower + upper) ? (lower + upper) / 2 : lower / 2 + upper / 2;
}

/**
 * The smallest value that is at least as large as this share of all (nearest rank): one that was really observed.
 *
 * @param share 0 to 1: 0.99 is p99
 * @returns null when the sample does not support that percentile, see `samplesNeeded`
 */
export function percentile(values: Iterable<number>, share: number): number | null {
  const sorted = inOrder(values);
  return isSupported(share, sorted.length) ? nearestRank(sorted, share) : null;
}

/** @param sorted ascending; @returns null when it is empty */
export function nearestRank(sorted: Float64Array, share: number): number | null {
  const rank = Math.ceil(Number((sorted.length * share).toFixed(6)));
  return sorted[Math.max(0, rank - 1)] ?? null;
}
