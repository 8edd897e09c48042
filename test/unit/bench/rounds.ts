import type { Round } from '../../../src/bench/round.js';
import { LatencyHistogram } from '../../../src/measure/statistics/latency-histogram.js';

function histogramOf(valuesMs: Iterable<number>): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const valueMs of valuesMs) histogram.record(valueMs);
  return histogram;
}

export interface RoundOutline {
  latencyMs?: number;
  count?: number;
  perSecond?: number;
  queries?: number;
  requests?: number;
  lateMs?: number;
  heldBack?: number;
  cpu?: number;
  failed?: number;
}

/** A round in which every request took the same time. */
export function roundOf(outline: RoundOutline = {}): Round {
  const { latencyMs = 2, count = 1000, perSecond = 500, queries = 100, requests = 200 } = outline;
  const { lateMs = 0.1, heldBack = 0, cpu = 0.3, failed = 0 } = outline;
  return {
    open: {
      latency: histogramOf(new Array<number>(count).fill(latencyMs)),
      rateAskedPerSecond: 1000,
      rateAchievedPerSecond: 990,
      errors: failed === 0 ? {} : { 'HTTP 503': failed },
      sources: { cache: 0, replica: count, primary: 0 },
      late: histogramOf(new Array<number>(count).fill(lateMs)),
      heldBack,
      notSent: 0,
    },
    closed: { perSecond, errors: {} },
    database: { queries, requests },
    generatorCpu: cpu,
  };
}
