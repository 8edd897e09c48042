/** How a write reached the database: through the proxy, through the API, or straight at one server. */
export type WritePath = 'proxy' | 'api' | 'direct';

/**
 * How a write ended, for the client that sent it.
 * acknowledged: the answer said that it is done. failed: certainly not done.
 * indeterminate: it was sent and no answer came that settles it; only a read can tell.
 */
export type WriteOutcome = 'acknowledged' | 'failed' | 'indeterminate';

/** A write as it is about to be sent. */
export interface Write {
  readonly clientId: string;
  readonly path: WritePath;
  /** The row's sku. Never used twice, so that one read of the table settles every write. */
  readonly key: string;
}

/** The end of a write. Times are milliseconds on the run's clock. */
export type Completion =
  | { readonly outcome: 'acknowledged'; readonly atMs: number }
  | { readonly outcome: 'failed' | 'indeterminate'; readonly atMs: number; readonly errorCode: string };

/** One write of the history. While it is in flight, `completedAtMs` and `outcome` are undefined. */
export interface WriteEntry extends Write {
  readonly invokedAtMs: number;
  readonly completedAtMs: number | undefined;
  readonly outcome: WriteOutcome | undefined;
  /** SQLSTATE, `HTTP 503`, a Node.js error code, or one of ours (`NO_ANSWER`, `CONNECTION_LOST`). */
  readonly errorCode: string | undefined;
}

/** An entry whose end is known. */
export interface CompletedWrite extends WriteEntry {
  readonly completedAtMs: number;
  readonly outcome: WriteOutcome;
}

/** `attempted` is always the sum of the other three. */
export interface WriteCounts {
  attempted: number;
  acknowledged: number;
  failed: number;
  /** Writes still in flight are among them: that nothing is known of them is what the word means. */
  indeterminate: number;
}

export function noWrites(): WriteCounts {
  return { attempted: 0, acknowledged: 0, failed: 0, indeterminate: 0 };
}

export function addCounts(a: WriteCounts, b: WriteCounts): WriteCounts {
  return {
    attempted: a.attempted + b.attempted,
    acknowledged: a.acknowledged + b.acknowledged,
    failed: a.failed + b.failed,
    indeterminate: a.indeterminate + b.indeterminate,
  };
}
