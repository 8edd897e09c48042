import type { Clock } from '../clock/clock.js';
import { waitUntil } from '../clock/wait-until.js';
import { queryOnce } from '../nodes/postgres/client.js';
import type { PostgresAddress } from '../nodes/postgres/url.js';
import { applicationName } from './products.js';

/** A session of ours ends within milliseconds of its connection. What is there for longer is somebody else's. */
const sessionsEndTimeoutMs = 3_000;

const sessionsQuery =
  "SELECT pid FROM pg_stat_activity WHERE starts_with(application_name, 'halab-api') OR application_name = $1";

/**
 * Looks at the table by index or as a whole, and rows inserted: each statement of the benchmarks is one of these. Writes
 * that a replica replays are not counted there (manual, 27.2.19, pg_stat_all_tables).
 */
const countQuery =
  "SELECT coalesce(sum(seq_scan + idx_scan + n_tup_ins), 0)::float8 AS queries FROM pg_stat_user_tables WHERE relname = 'products'";

class SessionsGoOn extends Error {}

export interface QueryCounter {
  /**
   * Statements on the table `products` at all servers so far. Waits until the sessions of the benchmark have ended: a
   * session hands over its counts when it ends, at the latest. Null when sessions came that do not end, as those of a
   * `halab serve` that was started meanwhile; they are not waited for again.
   */
  readonly count: () => Promise<number | null>;
}

/**
 * Counts at the servers themselves. What others do to the table meanwhile counts as well.
 *
 * @param servers each by itself, as monitor
 */
export async function openQueryCounter(
  servers: readonly PostgresAddress[],
  clock: Clock,
  signal?: AbortSignal,
): Promise<QueryCounter> {
  const sessionsOf = async (server: PostgresAddress): Promise<number[]> =>
    (await queryOnce<{ pid: number }>(server, sessionsQuery, [applicationName])).map(({ pid }) => pid);
  /** Of a `halab serve` of the user's: they go on. */
  const others = await Promise.all(servers.map(async (server) => new Set(await sessionsOf(server))));
  const haveEnded = async (server: PostgresAddress, index: number): Promise<boolean> => {
    let ours: number[] = [];
    const look = async (): Promise<true | undefined> => {
      ours = (await sessionsOf(server)).filter((pid) => others[index]?.has(pid) !== true);
      return ours.length === 0 ? true : undefined;
    };
    const onTimeout = (): Error => new SessionsGoOn();
    try {
      return await waitUntil(look, {
        clock,
        timeoutMs: sessionsEndTimeoutMs,
        intervalMs: 20,
        signal,
        onTimeout,
      });
    } catch (error) {
      if (!(error instanceof SessionsGoOn)) throw error;
      for (const pid of ours) others[index]?.add(pid);
      return false;
    }
  };
  return {
    count: async () => {
      const ended = await Promise.all(servers.map(haveEnded));
      const rows = await Promise.all(
        servers.map((server) => queryOnce<{ queries: number }>(server, countQuery)),
      );
      if (ended.includes(false)) return null;
      return rows.flat().reduce((sum, { queries }) => sum + queries, 0);
    },
  };
}
