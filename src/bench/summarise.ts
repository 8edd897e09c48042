import { LatencyHistogram, type LatencySummary } from '../measure/statistics/latency-histogram.js';
import { median } from '../measure/statistics/percentile.js';
import { ratioOfRounds } from '../measure/statistics/ratio.js';
import {
  type DatabaseLoad,
  type Gain,
  type Metric,
  metrics,
  type SideFigures,
  type SideResult,
  type Source,
  type SourceCounts,
} from './bench-result.js';
import { addErrors } from './count-error.js';
import type { Round } from './round.js';

/** A figure of a side, or of one of its rounds; null where it was not measured or is not supported. */
export const figureOf = (
  { throughputPerSecond, latency }: { throughputPerSecond: number | null; latency: Partial<LatencySummary> },
  metric: Metric,
): number | null => (metric === 'throughputPerSecond' ? throughputPerSecond : (latency[metric] ?? null));

function together(histograms: readonly LatencyHistogram[]): LatencyHistogram {
  const all = new LatencyHistogram();
  for (const histogram of histograms) all.add(histogram);
  return all;
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

function addSources(all: readonly (SourceCounts | null)[]): SourceCounts | null {
  const told = all.filter((sources) => sources !== null);
  if (told.length === 0) return null;
  const of = (source: Source): number => sumOf(told.map((sources) => sources[source]));
  return { cache: of('cache'), replica: of('replica'), primary: of('primary') };
}

function addDatabaseLoads(all: readonly Round['database'][]): DatabaseLoad | null {
  const counted = all.filter((load) => load !== null);
  if (counted.length === 0) return null;
  const queries = sumOf(counted.map((load) => load.queries));
  const requests = sumOf(counted.map((load) => load.requests));
  return { queries, requests, perRequest: requests === 0 ? null : queries / requests };
}

/** The figures of these rounds of one side taken together. Pure. */
export function figuresOf(rounds: readonly Round[]): SideFigures {
  const open = rounds.map((round) => round.open);
  const cpus = rounds.flatMap(({ generatorCpu }) => (generatorCpu === null ? [] : [generatorCpu]));
  const throughputs = rounds.map(({ closed }) => closed.perSecond).filter((perSecond) => perSecond > 0);
  const meanOf = (values: readonly number[]): number => sumOf(values) / Math.max(1, values.length);
  return {
    latency: together(open.map(({ latency }) => latency)).summary(),
    rateAskedPerSecond: meanOf(open.map((each) => each.rateAskedPerSecond)),
    rateAchievedPerSecond: meanOf(open.map((each) => each.rateAchievedPerSecond)),
    throughputPerSecond: median(throughputs),
    errors: addErrors(rounds.flatMap((round) => [round.open.errors, round.closed.errors])),
    sources: addSources(open.map(({ sources }) => sources)),
    database: addDatabaseLoads(rounds.map(({ database }) => database)),
    generator: {
      late: together(open.flatMap(({ late }) => late ?? [])).summary(),
      heldBack: sumOf(open.map(({ heldBack }) => heldBack)),
      notSent: sumOf(open.map(({ notSent }) => notSent)),
      cpu: cpus.length === 0 ? null : Math.max(...cpus),
    },
  };
}

/** Pure. */
export const sideResult = (name: string, rounds: readonly Round[]): SideResult => ({
  name,
  ...figuresOf(rounds),
  rounds: rounds.map((round) => figuresOf([round])),
});

/**
 * Every side as a multiple of another one, round by round: what is above 1 is more. Pure.
 *
 * @param pairs names of sides
 */
export function gainsOf(
  sides: readonly SideResult[],
  pairs: readonly { side: string; to: string }[],
  seed: number,
): Gain[] {
  const roundsOf = (name: string): readonly SideFigures[] =>
    sides.find((side) => side.name === name)?.rounds ?? [];
  return pairs.flatMap(({ side, to }) =>
    metrics.flatMap((metric): Gain[] => {
      const other = roundsOf(to);
      const rounds = roundsOf(side).map((round, index) => {
        const against = other[index];
        return {
          of: figureOf(round, metric),
          to: against === undefined ? null : figureOf(against, metric),
        };
      });
      const found = ratioOfRounds(rounds, { seed });
      return found === null ? [] : [{ side, to, metric, ...found }];
    }),
  );
}
