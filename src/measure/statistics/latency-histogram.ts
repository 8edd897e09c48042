import { build, type Histogram } from 'hdr-histogram-js';
import { isSupported } from './percentile.js';

/** Latencies in milliseconds; a percentile is null where the sample does not support it. */
export interface LatencySummary {
  count: number;
  p50Ms: number | null;
  p90Ms: number | null;
  p99Ms: number | null;
  p999Ms: number | null;
  maxMs: number | null;
}

/** A microsecond is the unit in which values are kept. */
const unitsPerMs = 1000;
/** An hour: nothing here waits for longer. */
const highestUnits = 3_600_000 * unitsPerMs;

/**
 * Latencies, each to three significant digits: a percentile is at most 0.1 % and 1 µs too high, and the memory does not
 * grow with the number of values. The histogram is HdrHistogram's (https://hdrhistogram.github.io/HdrHistogram/).
 */
export class LatencyHistogram {
  readonly #histogram: Histogram = build({
    bitBucketSize: 32,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: highestUnits,
    numberOfSignificantValueDigits: 3,
  });

  /** What is negative counts as 0, and what is longer than an hour as an hour. */
  record(latencyMs: number): void {
    const units = Math.round(latencyMs * unitsPerMs);
    this.#histogram.recordValue(Math.min(highestUnits, Math.max(0, units)));
  }

  add(other: LatencyHistogram): void {
    this.#histogram.add(other.#histogram);
  }

  get count(): number {
    return this.#histogram.totalCount;
  }

  /** @returns null when nothing was recorded */
  get maxMs(): number | null {
    return this.count === 0 ? null : this.#histogram.maxValue / unitsPerMs;
  }

  /** @returns null when the sample does not support that percentile, see `samplesNeeded` */
  percentileMs(share: number): number | null {
    if (!isSupported(share, this.count)) return null;
    return this.#histogram.getValueAtPercentile(share * 100) / unitsPerMs;
  }

  summary(): LatencySummary {
    return {
      count: this.count,
      p50Ms: this.percentileMs(0.5),
      p90Ms: this.percentileMs(0.9),
      p99Ms: this.percentileMs(0.99),
      p999Ms: this.percentileMs(0.999),
      maxMs: this.maxMs,
    };
  }
}
