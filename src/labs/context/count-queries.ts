import { waitUntil } from '../../clock/wait-until.js';
import { queryOnce } from '../../nodes/postgres/client.js';
import type { PostgresAddress } from '../../nodes/postgres/url.js';
import { openAccess } from '../../stack/access.js';
import { getStack, nodesOfKind } from '../../stack/stack.js';
import type { LabContext } from './context.js';

const settleTimeoutMs = 5000;

/** The sessions of the API at one server. */
async function sessionsAt(address: PostgresAddress): Promise<number[]> {
  const rows = await queryOnce<{ pid: number }>(
    address,
    "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'halab-api%'",
  );
  return rows.map(({ pid }) => pid);
}

/** Look-ups in the table of products. Undefined while one of these sessions is left. */
async function lookUpsAt(address: PostgresAddress, sessions: readonly number[]): Promise<number | undefined> {
  const [row] = await queryOnce<{ open: string; lookups: string }>(
    address,
    `SELECT (SELECT count(*) FROM pg_stat_activity WHERE pid = ANY ($1::int[])) AS open,
       (SELECT seq_scan + idx_scan FROM pg_stat_user_tables WHERE relname = 'products') AS lookups`,
    [sessions],
  );
  return row === undefined || Number(row.open) > 0 ? undefined : Number(row.lookups);
}

/**
 * Look-ups in the table of products so far, at all servers that run. A server publishes what a session looked up when the session ends,
 * or after a second at rest: so the API is replaced by its like, and the sessions of the old one are waited for.
 */
async function lookUps({ operation, stack: name, api, apiSettings }: LabContext): Promise<number> {
  const { engine, clock, signal } = operation;
  const stack = await getStack(engine, name);
  const access = await openAccess(engine, stack);
  const running = nodesOfKind(stack, 'postgres').filter(({ state }) => state === 'running');
  const servers = await Promise.all(
    running.map(async (node) => {
      const address = access.postgres(node, 'postgres');
      return { node, address, sessions: await sessionsAt(address) };
    }),
  );
  await api.use(apiSettings);
  const counts = await Promise.all(
    servers.map(({ node, address, sessions }) =>
      waitUntil(() => lookUpsAt(address, sessions), {
        clock,
        signal,
        timeoutMs: settleTimeoutMs,
        onTimeout: () => new Error(`Sessions of the API did not end at ${node.name}.`),
      }),
    ),
  );
  return counts.reduce((sum, each) => sum + each, 0);
}

/** Counts the queries of the products at the databases that some work causes. */
export async function countQueries<T>(
  context: LabContext,
  work: () => Promise<T>,
): Promise<{ result: T; queries: number }> {
  const before = await lookUps(context);
  const result = await work();
  return { result, queries: (await lookUps(context)) - before };
}
