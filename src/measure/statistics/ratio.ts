import { type BootstrapOptions, confidenceInterval, type Interval } from './bootstrap.js';
import { median } from './percentile.js';

/** How many times as large one thing is as another. */
export interface Ratio {
  ratio: number;
  /** Null when there are too few repeats for one. */
  interval: Interval | null;
}

const medianOf = (values: Iterable<number>): number => median(values) ?? Number.NaN;

/** Both are figures of something that takes time, or of a rate: they are above 0, or were not measured. */
const isMeasured = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined && value > 0;

/**
 * Of two sides that took turns: the median of the ratios of each round, so that a slow minute, which falls on both sides of
 * a round, does not count. Rounds in which a side has no figure are left out.
 *
 * @returns null when there is no such round
 */
export function ratioOfRounds(
  rounds: readonly { of: number | null; to: number | null }[],
  options: BootstrapOptions,
): Ratio | null {
  const ratios = rounds.flatMap(({ of, to }) => (isMeasured(of) && isMeasured(to) ? [of / to] : []));
  const ratio = median(ratios);
  if (ratio === null) return null;
  const interval = confidenceInterval([ratios], ([drawn = new Float64Array()]) => medianOf(drawn), options);
  return { ratio, interval };
}

/**
 * Of two runs that did not take turns: the ratio of their medians. What changed between them besides counts too.
 *
 * @returns null when a run has no figure
 */
export function ratioOfRuns(
  of: readonly (number | null)[],
  to: readonly (number | null)[],
  options: BootstrapOptions,
): Ratio | null {
  const samples = [of.filter(isMeasured), to.filter(isMeasured)];
  const ratioOf = ([above = [], below = []]: readonly (Float64Array | number[])[]): number =>
    medianOf(above) / medianOf(below);
  if (samples.some(({ length }) => length === 0)) return null;
  return { ratio: ratioOf(samples), interval: confidenceInterval(samples, ratioOf, options) };
}
