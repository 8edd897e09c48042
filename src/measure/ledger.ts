import { type LedgerStore, memoryStore } from './ledger-store.js';
import {
  addCounts,
  type CompletedWrite,
  type Completion,
  noWrites,
  type Write,
  type WriteCounts,
  type WriteEntry,
  type WritePath,
} from './write-entry.js';

/**
 * The history of every write of a run, kept outside the database: each is invoked, then completed exactly once. It holds
 * what is in flight and the counts; all the rest goes to its store, so that a long run takes no more memory than a short one.
 *
 * The model is that of Jepsen's histories (`:invoke`, then `:ok`, `:fail` or `:info`).
 * https://github.com/jepsen-io/jepsen/blob/main/jepsen/src/jepsen/history.clj
 */
export class Ledger {
  readonly #store: LedgerStore;
  readonly #inFlight = new Map<string, WriteEntry>();
  readonly #tallies: Record<WritePath, WriteCounts> = {
    proxy: noWrites(),
    api: noWrites(),
    direct: noWrites(),
  };
  readonly #onCompleted: (entry: CompletedWrite) => void;

  /** @param onCompleted called with each entry as it is completed, in that order */
  constructor(
    onCompleted: (entry: CompletedWrite) => void = () => undefined,
    store: LedgerStore = memoryStore(),
  ) {
    this.#onCompleted = onCompleted;
    this.#store = store;
  }

  /** Records a write. To be called before it is sent. @throws Error when the key is in flight already */
  invoke(write: Write, atMs: number): WriteEntry {
    if (this.#inFlight.has(write.key)) throw new Error(`The key ${write.key} is that of another write`);
    const entry: WriteEntry = {
      clientId: write.clientId,
      path: write.path,
      key: write.key,
      invokedAtMs: atMs,
      completedAtMs: undefined,
      outcome: undefined,
      errorCode: undefined,
    };
    this.#store.invoked(entry);
    this.#inFlight.set(write.key, entry);
    const tally = this.#tallies[write.path];
    tally.attempted += 1;
    tally.indeterminate += 1;
    return entry;
  }

  /** Records the end of a write. @throws Error when it is not in flight */
  complete({ key }: WriteEntry, completion: Completion): void {
    const entry = this.#inFlight.get(key);
    if (entry === undefined) throw new Error(`The write ${key} is not in flight`);
    this.#inFlight.delete(key);
    const { outcome, atMs } = completion;
    const completed: CompletedWrite = {
      ...entry,
      completedAtMs: atMs,
      outcome,
      errorCode: completion.outcome === 'acknowledged' ? undefined : completion.errorCode,
    };
    this.#store.completed(completed);
    const tally = this.#tallies[entry.path];
    tally.indeterminate -= 1;
    tally[outcome] += 1;
    this.#onCompleted(completed);
  }

  /** Every write: those that ended in the order of their ends, then those in flight. */
  entries(): AsyncIterable<WriteEntry> {
    return this.#store.entries();
  }

  /** Of one path, or of all. Costs nothing: the counts are kept as writes come and go. */
  counts(path?: WritePath): WriteCounts {
    return path === undefined ? Object.values(this.#tallies).reduce(addCounts) : { ...this.#tallies[path] };
  }
}
