/** Where an answer came from; `unknown` when it is not said. */
export type ReadSource = 'cache' | 'replica' | 'primary' | 'unknown';

/** A read that ended. Times are milliseconds on the run's clock. */
export interface ReadEntry {
  readonly clientId: string;
  readonly beganAtMs: number;
  readonly completedAtMs: number;
  /** Answered with 200 and a whole body, or with the row. */
  readonly good: boolean;
  readonly source: ReadSource;
  /** How old the value was, when the read is proved stale; null when it is not. */
  readonly staleMs: number | null;
}

export interface ReadCounts {
  good: number;
  failed: number;
  /** Of the good reads. */
  bySource: Record<ReadSource, number>;
  /** Good reads that are proved stale: a newer value had been acknowledged before they began. */
  stale: number;
  staleBySource: Record<ReadSource, number>;
  /** The age of the oldest value that such a read returned; null without any. */
  oldestStaleMs: number | null;
}

const noSources = (): Record<ReadSource, number> => ({ cache: 0, replica: 0, primary: 0, unknown: 0 });

export const noReads = (): ReadCounts => ({
  good: 0,
  failed: 0,
  bySource: noSources(),
  stale: 0,
  staleBySource: noSources(),
  oldestStaleMs: null,
});

/** Adds a read to the counts. */
export function countRead(counts: ReadCounts, { good, source, staleMs }: ReadEntry): void {
  if (!good) {
    counts.failed += 1;
    return;
  }
  counts.good += 1;
  counts.bySource[source] += 1;
  if (staleMs === null) return;
  counts.stale += 1;
  counts.staleBySource[source] += 1;
  counts.oldestStaleMs = Math.max(counts.oldestStaleMs ?? 0, staleMs);
}
