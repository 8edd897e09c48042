/** How a write reached the database: straight through the proxy, or through the API. */
export type WritePath = 'proxy' | 'api';

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

type Changing<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * The history of every write of a run, kept outside the database: each is invoked, then completed exactly once.
 *
 * The model is that of Jepsen's histories (`:invoke`, then `:ok`, `:fail` or `:info`).
 * https://github.com/jepsen-io/jepsen/blob/main/jepsen/src/jepsen/history.clj
 */
export class Ledger {
  // A Map keeps the order of insertion, so that one structure is both the history and the index.
  readonly #entries = new Map<string, Changing<WriteEntry>>();
  readonly #tallies: Record<WritePath, WriteCounts> = { proxy: noWrites(), api: noWrites() };
  readonly #onCompleted: (entry: CompletedWrite) => void;

  /** @param onCompleted called with each entry as it is completed, in that order */
  constructor(onCompleted: (entry: CompletedWrite) => void = () => undefined) {
    this.#onCompleted = onCompleted;
  }

  /** Records a write. To be called before it is sent. @throws Error when the key has been used */
  invoke(write: Write, atMs: number): WriteEntry {
    if (this.#entries.has(write.key)) throw new Error(`The key ${write.key} was used for another write`);
    const entry: Changing<WriteEntry> = {
      clientId: write.clientId,
      path: write.path,
      key: write.key,
      invokedAtMs: atMs,
      completedAtMs: undefined,
      outcome: undefined,
      errorCode: undefined,
    };
    this.#entries.set(write.key, entry);
    const tally = this.#tallies[write.path];
    tally.attempted += 1;
    tally.indeterminate += 1;
    return entry;
  }

  /** Records the end of a write. @throws Error when it was not invoked, or has been completed */
  complete({ key }: WriteEntry, completion: Completion): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) throw new Error(`The write ${key} was not invoked`);
    if (entry.outcome !== undefined) throw new Error(`The write ${key} is ${entry.outcome} already`);
    const { outcome, atMs } = completion;
    const completed = Object.assign(entry, { completedAtMs: atMs, outcome });
    if (completion.outcome !== 'acknowledged') entry.errorCode = completion.errorCode;
    const tally = this.#tallies[entry.path];
    tally.indeterminate -= 1;
    tally[outcome] += 1;
    this.#onCompleted(completed);
  }

  /** Every write, in the order in which they were recorded. */
  entries(): IterableIterator<WriteEntry> {
    return this.#entries.values();
  }

  /** Of one path, or of all. Costs nothing: the counts are kept as writes come and go. */
  counts(path?: WritePath): WriteCounts {
    if (path !== undefined) return { ...this.#tallies[path] };
    const { proxy, api } = this.#tallies;
    return {
      attempted: proxy.attempted + api.attempted,
      acknowledged: proxy.acknowledged + api.acknowledged,
      failed: proxy.failed + api.failed,
      indeterminate: proxy.indeterminate + api.indeterminate,
    };
  }
}

function noWrites(): WriteCounts {
  return { attempted: 0, acknowledged: 0, failed: 0, indeterminate: 0 };
}
