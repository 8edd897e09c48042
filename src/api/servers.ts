import { Database, type DatabaseStats, isTransient } from './database.js';
import { DatabaseOverloaded } from './database-errors.js';
import { DatabaseMonitor } from './database-monitor.js';
import type { DependencyState } from './dependency-state.js';

const applicationName = 'halab-api';
const maxConnections = 10;
const maxWaiting = 100;
/** A write is answered inside 2 s, whatever hangs. */
const writeTimeouts = { connectTimeoutMs: 900, maxWaitMs: 900, timeoutMs: 1_800 };
/**
 * Shorter: a read that the replica does not answer still has to ask the primary. Waiting may take longer than
 * a failure takes to show, so that those who wait for a hung replica are sent on instead of refused.
 */
const readTimeouts = { connectTimeoutMs: 700, maxWaitMs: 1_500, timeoutMs: 1_000 };

export type DatabaseSource = 'replica' | 'primary';

export interface ServersOptions {
  writeUrl: string;
  readUrl: string;
  primaryState: DependencyState;
  replicaState: DependencyState;
}

/** The database servers: writes go to the primary, reads to the replica as long as it can serve them. */
export class Servers {
  readonly #primary: Database;
  readonly #replica: Database;
  readonly #primaryState: DependencyState;
  readonly #replicaState: DependencyState;
  readonly #monitor: DatabaseMonitor;
  readonly #reads = { replica: 0, primary: 0 };

  constructor({ writeUrl, readUrl, primaryState, replicaState }: ServersOptions) {
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
  }

  /** Sees which servers are up, and keeps seeing; takes about a second when one hangs. */
  start(): Promise<void> {
    return this.#monitor.check();
  }

  /** @throws DatabaseUnavailable, DatabaseOverloaded, or the server's own error */
  async write<T>(work: (primary: Database) => Promise<T>): Promise<T> {
    const mark = this.#primaryState.mark();
    const result = await work(this.#primary);
    this.#primaryState.up(mark);
    return result;
  }

  /**
   * Reads from the replica, or from the primary while the replica cannot serve; `source` tells which.
   *
   * @throws DatabaseUnavailable when neither can, DatabaseOverloaded, or the server's own error
   */
  async read<T>(work: (database: Database) => Promise<T>): Promise<{ source: DatabaseSource; result: T }> {
    const fromReplica = async () => {
      const result = await work(this.#replica);
      return { source: this.#count(this.#monitor.readServerIsPrimary ? 'primary' : 'replica'), result };
    };
    const fromPrimary = async () => {
      const result = await work(this.#primary);
      return { source: this.#count('primary'), result };
    };
    const [first, second] = this.#replicaState.isUp ? [fromReplica, fromPrimary] : [fromPrimary, fromReplica];
    try {
      return await first();
    } catch (error) {
      // A crowd at one server is no reason to send it on to the other.
      if (!isTransient(error) || (error instanceof DatabaseOverloaded && first === fromReplica)) throw error;
      return await second();
    }
  }

  stats(): { reads: { replica: number; primary: number }; pools: Record<DatabaseSource, DatabaseStats> } {
    return {
      reads: { ...this.#reads },
      pools: { primary: this.#primary.stats(), replica: this.#replica.stats() },
    };
  }

  async close(graceMs: number): Promise<void> {
    await Promise.all([this.#monitor.stop(), this.#primary.close(graceMs), this.#replica.close(graceMs)]);
  }

  #count(source: DatabaseSource): DatabaseSource {
    this.#reads[source] += 1;
    return source;
  }
}
