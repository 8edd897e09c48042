import { Database, type DatabaseStats, isTransient } from './database.js';
import { DatabaseOverloaded } from './database-errors.js';
import { DatabaseMonitor } from './database-monitor.js';
import type { DependencyState } from './dependency-state.js';
import { askPosition, holding, type Reader, ReplicaBehind } from './server-position.js';
import { beyondEveryPosition, type WalPosition } from './wal-position.js';
import { WriteWait } from './write-wait.js';

const applicationName = 'halab-api';
const maxConnections = 10;
const maxWaiting = 100;
/** Each holds a request's body, of at most 64 KiB, and no connection. */
const maxWaitingForPrimary = 1_000;
/** A write is answered inside 2 s, whatever hangs. */
const writeTimeouts = { connectTimeoutMs: 900, maxWaitMs: 900, timeoutMs: 1_800 };
/**
 * Shorter: a read that the replica does not answer still has to ask the primary. Waiting may take longer than
 * a failure takes to show, so that those who wait for a hung replica are sent on instead of refused.
 */
const readTimeouts = { connectTimeoutMs: 700, maxWaitMs: 1_500, timeoutMs: 1_000 };

export type DatabaseSource = 'replica' | 'primary';

export interface DatabaseAnswer<T> {
  source: DatabaseSource;
  result: T;
}

type Read<T> = (database: Reader) => Promise<T>;

export interface ServersOptions {
  writeUrl: string;
  readUrl: string;
  primaryState: DependencyState;
  replicaState: DependencyState;
  /** How long a write waits for a primary while there is none. */
  writeWaitMs: number;
}

/** The database servers: writes go to the primary, reads to the replica as long as it can serve them. */
export class Servers {
  readonly #primary: Database;
  readonly #replica: Database;
  readonly #primaryState: DependencyState;
  readonly #replicaState: DependencyState;
  readonly #monitor: DatabaseMonitor;
  readonly #writeWait: WriteWait;
  readonly #reads = { replica: 0, primary: 0 };
  #fallbacks = 0;

  constructor({ writeUrl, readUrl, primaryState, replicaState, writeWaitMs }: ServersOptions) {
    this.#primaryState = primaryState;
    this.#replicaState = replicaState;
    const pool = { applicationName, maxConnections, maxWaiting };
    this.#primary = new Database({
      ...pool,
      ...writeTimeouts,
      url: writeUrl,
      onFailure: (error) => {
        primaryState.down(error);
        void this.#monitor.check();
      },
    });
    this.#replica = new Database({
      ...pool,
      ...readTimeouts,
      url: readUrl,
      refuseWaitingOnFailure: true,
      onFailure: (error) => {
        replicaState.down(error);
        void this.#monitor.check();
      },
    });
    const probe = {
      applicationName: `${applicationName} probe`,
      maxConnections: 1,
      maxWaiting: 1,
      ...readTimeouts,
    };
    this.#monitor = new DatabaseMonitor(
      { probe: new Database({ ...probe, url: writeUrl }), state: primaryState },
      { probe: new Database({ ...probe, url: readUrl }), state: replicaState },
    );
    this.#writeWait = new WriteWait({
      waitMs: writeWaitMs,
      maxWaiting: maxWaitingForPrimary,
      look: () => this.#monitor.check(),
      isPrimaryUp: () => primaryState.isUp,
    });
  }

  /** Sees which servers are up, and keeps seeing; takes about a second when one hangs. */
  start(): Promise<void> {
    return this.#monitor.check();
  }

  /**
   * Writes to the primary; with a write wait, to the next one, when the first certainly has not done it.
   *
   * @throws DatabaseUnavailable, DatabaseOverloaded, or the server's own error
   */
  write<T>(work: (primary: Database) => Promise<T>): Promise<T> {
    return this.#writeWait.run(async () => {
      const mark = this.#primaryState.mark();
      const result = await work(this.#primary);
      this.#primaryState.up(mark);
      return result;
    });
  }

  /**
   * Where the primary's WAL ends now: what was acknowledged before lies below it. Beyond every position when the primary
   * does not tell. Never rejects.
   */
  async position(): Promise<WalPosition> {
    return await askPosition(this.#primary).catch(() => beyondEveryPosition);
  }

  /**
   * Reads from the replica, or from the primary while the replica cannot serve; `source` tells which. With `after`, the
   * replica serves only once it holds that position. `tell` is given the time, on the clock of `performance.now()`, up to
   * which the server of this read holds all that was acknowledged: behind one address may be several replicas.
   *
   * @throws DatabaseUnavailable when neither can, DatabaseOverloaded, or the server's own error
   */
  async read<T>(
    work: Read<T>,
    after?: WalPosition,
    tell?: (heldUntilMs: number) => void,
  ): Promise<DatabaseAnswer<T>> {
    const fromReplica = async (): Promise<DatabaseAnswer<T>> => {
      const reader =
        after === undefined && tell === undefined
          ? this.#replica
          : holding(this.#replica, { after, tell: (lsn) => tell?.(this.#monitor.heldUntilMs(lsn)) });
      const result = await work(reader);
      return { source: this.#count(this.#monitor.readServerIsPrimary ? 'primary' : 'replica'), result };
    };
    const fromPrimary = async (): Promise<DatabaseAnswer<T>> => {
      const answer = await this.readFromPrimary(work);
      this.#fallbacks += 1;
      tell?.(performance.now());
      return answer;
    };
    const [first, second] = this.#replicaState.isUp ? [fromReplica, fromPrimary] : [fromPrimary, fromReplica];
    try {
      return await first();
    } catch (error) {
      if (error instanceof ReplicaBehind) return await fromPrimary();
      // A crowd at one server is no reason to send it on to the other.
      if (!isTransient(error) || (error instanceof DatabaseOverloaded && first === fromReplica)) throw error;
      return await second().catch((failure: unknown) => {
        throw failure instanceof ReplicaBehind ? error : failure;
      });
    }
  }

  /** @throws DatabaseUnavailable, DatabaseOverloaded, or the server's own error */
  async readFromPrimary<T>(work: Read<T>): Promise<DatabaseAnswer<T>> {
    const result = await work(this.#primary);
    return { source: this.#count('primary'), result };
  }

  stats(): {
    reads: { replica: number; primary: number };
    fallbacks: number;
    writesWaiting: number;
    pools: Record<DatabaseSource, DatabaseStats>;
  } {
    return {
      reads: { ...this.#reads },
      fallbacks: this.#fallbacks,
      writesWaiting: this.#writeWait.waiting,
      pools: { primary: this.#primary.stats(), replica: this.#replica.stats() },
    };
  }

  /** The writes that wait for a primary are answered; nobody waits for one from now on. */
  stopWaiting(): void {
    this.#writeWait.close();
  }

  async close(graceMs: number): Promise<void> {
    this.stopWaiting();
    await Promise.all([this.#monitor.stop(), this.#primary.close(graceMs), this.#replica.close(graceMs)]);
  }

  #count(source: DatabaseSource): DatabaseSource {
    this.#reads[source] += 1;
    return source;
  }
}
