import type { Database } from './database.js';
import type { DependencyState } from './dependency-state.js';
import { ReplayProgress } from './replay-progress.js';

/** What a server says of itself. */
export interface ServerFacts {
  inRecovery: boolean;
  /** Tells two servers apart. */
  startedAt: string;
  /** It has a walreceiver: WAL arrives. */
  streaming: boolean;
  /** What a primary has written, or a replica replayed: bytes since the beginning of WAL. */
  lsn: bigint;
}

export type ProbeResult = ServerFacts | Error;

/** What keeps a server from being used; null when nothing does. */
export interface Verdict {
  primary: Error | null;
  replica: Error | null;
}

/**
 * Decides which servers can be used. The read server may be a replica, or the same server as the primary
 * (it was promoted). A replica that receives nothing is still good while there is no primary: it is then
 * the best there is.
 */
export function judge(primary: ProbeResult, replica: ProbeResult): Verdict {
  const verdict: Verdict = { primary: null, replica: null };
  if (primary instanceof Error) verdict.primary = primary;
  else if (primary.inRecovery)
    verdict.primary = new Error('The server that writes go to is a read-only replica');

  if (replica instanceof Error) verdict.replica = replica;
  else if (!(primary instanceof Error) && !primary.inRecovery) {
    if (replica.inRecovery && !replica.streaming) verdict.replica = new Error('The replica is not streaming');
    if (!replica.inRecovery && replica.startedAt !== primary.startedAt)
      verdict.replica = new Error(
        'The server that reads go to is a primary, but not the one that writes go to',
      );
  }
  return verdict;
}

interface Monitored {
  /** A connection of the monitor's own: it must see a server whose pool is busy. */
  probe: Database;
  state: DependencyState;
}

/** Asks both servers every 500 ms, in the background, what they are, and keeps their states. */
export class DatabaseMonitor {
  readonly #primary: Monitored;
  readonly #replica: Monitored;
  readonly #intervalMs: number;
  #round: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #progress = new ReplayProgress();
  #readsFromPrimary = false;
  #stopped = false;

  constructor(primary: Monitored, replica: Monitored, intervalMs = 500) {
    this.#primary = primary;
    this.#replica = replica;
    this.#intervalMs = intervalMs;
  }

  /** True when the read server was last seen to be a primary itself: it was promoted. */
  get readServerIsPrimary(): boolean {
    return this.#readsFromPrimary;
  }

  /**
   * A server that holds the WAL up to this position holds all that was acknowledged up to the time that is returned, on
   * the clock of `performance.now()`; minus infinity while that is not known.
   */
  heldUntilMs(lsn: bigint): number {
    return this.#progress.heldUntilMs(lsn);
  }

  /** Asks now, and from then on; resolves when both have answered or failed to. */
  check(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    clearTimeout(this.#timer);
    this.#round ??= this.#askBoth().finally(() => {
      this.#round = undefined;
      if (this.#stopped) return;
      this.#timer = setTimeout(() => void this.check(), this.#intervalMs);
      this.#timer.unref();
    });
    return this.#round;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await Promise.all([this.#primary.probe.close(0), this.#replica.probe.close(0)]);
  }

  async #askBoth(): Promise<void> {
    const startMs = performance.now();
    const marks = { primary: this.#primary.state.mark(), replica: this.#replica.state.mark() };
    const [primary, replica] = await Promise.all([ask(this.#primary.probe), ask(this.#replica.probe)]);
    if (this.#stopped) return;
    if (!(primary instanceof Error) && !primary.inRecovery) this.#progress.written(primary.lsn, startMs);
    if (!(replica instanceof Error)) this.#readsFromPrimary = !replica.inRecovery;
    const verdict = judge(primary, replica);
    apply(this.#primary.state, marks.primary, verdict.primary);
    apply(this.#replica.state, marks.replica, verdict.replica);
  }
}

function apply(state: DependencyState, mark: number, objection: Error | null): void {
  if (objection === null) state.up(mark);
  else state.down(objection);
}

async function ask(probe: Database): Promise<ProbeResult> {
  try {
    const [facts] = await probe.query<Omit<ServerFacts, 'lsn'> & { lsn: string }>({
      text: `SELECT pg_is_in_recovery() AS "inRecovery", pg_postmaster_start_time()::text AS "startedAt",
        EXISTS (SELECT FROM pg_stat_wal_receiver) AS streaming,
        CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END
          - '0/0'::pg_lsn AS lsn`,
    });
    if (facts === undefined) return new Error('The server returned no row');
    return { ...facts, lsn: BigInt(facts.lsn) };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
