import type { LatencyHistogram } from '../measure/statistics/latency-histogram.js';
import type { ErrorCounts, SourceCounts } from './bench-result.js';

/** What was measured of one side in one round, before it is summed up. */
export interface Round {
  open: {
    latency: LatencyHistogram;
    rateAskedPerSecond: number;
    rateAchievedPerSecond: number;
    errors: ErrorCounts;
    sources: SourceCounts | null;
    /** Null where the generator does not tell. */
    late: LatencyHistogram | null;
    heldBack: number;
    notSent: number;
  };
  closed: { perSecond: number; errors: ErrorCounts };
  database: { queries: number; requests: number } | null;
  /** The most of one processor that the generator used; null where it is another program. */
  generatorCpu: number | null;
}

/** One of the things that a benchmark holds against each other. */
export interface Side {
  name: string;
  /** Runs it for one round. @throws the signal's reason, and what opening it throws */
  readonly measure: () => Promise<Round>;
}

/** The sides of a round in the order of their turns: who begins changes, so that being first favours nobody. */
export const turnsOf = <T>(sides: readonly T[], round: number): T[] =>
  round % 2 === 0 ? [...sides] : sides.toReversed();
