import type { ReadEntry } from './read-entry.js';
import type { CompletedWrite } from './write-entry.js';

/** What ended when: counts of equal slices of time, for a picture. */
export interface Timeline {
  /** On the run's clock. */
  fromMs: number;
  bucketMs: number;
  writesAcknowledged: number[];
  writesFailed: number[];
  writesIndeterminate: number[];
  readsGood: number[];
  readsFailed: number[];
  readsStale: number[];
  /** The longest of an acknowledged write that ended in the slice; 0 without any. */
  slowestWriteMs: number[];
}

type Series = Exclude<keyof Timeline, 'fromMs' | 'bucketMs'>;

const firstBucketMs = 50;
/** With more, two and two become one: an hour fits in the same memory as a minute. */
const maxBuckets = 2400;

export class TimelineRecorder {
  #timeline: Timeline;

  constructor(fromMs: number) {
    this.#timeline = {
      fromMs,
      bucketMs: firstBucketMs,
      writesAcknowledged: [],
      writesFailed: [],
      writesIndeterminate: [],
      readsGood: [],
      readsFailed: [],
      readsStale: [],
      slowestWriteMs: [],
    };
  }

  write({ outcome, invokedAtMs, completedAtMs }: CompletedWrite): void {
    const series = {
      acknowledged: 'writesAcknowledged',
      failed: 'writesFailed',
      indeterminate: 'writesIndeterminate',
    } as const;
    const index = this.#count(series[outcome], completedAtMs);
    const { slowestWriteMs } = this.#timeline;
    if (outcome === 'acknowledged')
      slowestWriteMs[index] = Math.max(slowestWriteMs[index] ?? 0, Math.round(completedAtMs - invokedAtMs));
  }

  read({ good, staleMs, completedAtMs }: ReadEntry): void {
    this.#count(good ? 'readsGood' : 'readsFailed', completedAtMs);
    if (staleMs !== null) this.#count('readsStale', completedAtMs);
  }

  /** All series have the same length. */
  timeline(): Timeline {
    const { fromMs, bucketMs, ...series } = this.#timeline;
    const length = Math.max(...Object.values(series).map((counts) => counts.length));
    const filled = (counts: readonly number[]): number[] =>
      Array.from({ length }, (_, index) => counts[index] ?? 0);
    return {
      fromMs,
      bucketMs,
      writesAcknowledged: filled(series.writesAcknowledged),
      writesFailed: filled(series.writesFailed),
      writesIndeterminate: filled(series.writesIndeterminate),
      readsGood: filled(series.readsGood),
      readsFailed: filled(series.readsFailed),
      readsStale: filled(series.readsStale),
      slowestWriteMs: filled(series.slowestWriteMs),
    };
  }

  #count(series: Series, atMs: number): number {
    while (this.#bucketAt(atMs) >= maxBuckets) this.#halve();
    const index = this.#bucketAt(atMs);
    const counts = this.#timeline[series];
    counts[index] = (counts[index] ?? 0) + 1;
    return index;
  }

  #bucketAt(atMs: number): number {
    return Math.max(0, Math.floor((atMs - this.#timeline.fromMs) / this.#timeline.bucketMs));
  }

  #halve(): void {
    const whole = this.timeline();
    const pairs = (counts: readonly number[], join: (a: number, b: number) => number): number[] =>
      Array.from({ length: Math.ceil(counts.length / 2) }, (_, index) =>
        join(counts[index * 2] ?? 0, counts[index * 2 + 1] ?? 0),
      );
    const sum = (a: number, b: number): number => a + b;
    this.#timeline = {
      fromMs: whole.fromMs,
      bucketMs: whole.bucketMs * 2,
      writesAcknowledged: pairs(whole.writesAcknowledged, sum),
      writesFailed: pairs(whole.writesFailed, sum),
      writesIndeterminate: pairs(whole.writesIndeterminate, sum),
      readsGood: pairs(whole.readsGood, sum),
      readsFailed: pairs(whole.readsFailed, sum),
      readsStale: pairs(whole.readsStale, sum),
      slowestWriteMs: pairs(whole.slowestWriteMs, Math.max),
    };
  }
}
