import { consoleDatabase } from '../nodes/pgbouncer/kind.js';
import { isPaused } from '../nodes/pgbouncer/pause.js';
import { openSession, type PostgresSession } from '../nodes/postgres/client.js';
import type { RoleName, StackAccess } from './access.js';
import type { PoolerState } from './snapshot.js';
import type { StackNode } from './stack.js';
import { reachedAt } from './verify.js';

/**
 * A session on PgBouncer's own console.
 *
 * @param role `postgres` administers it, `monitor` looks
 * @throws what pg throws; an Error when the stack has no pooler
 */
export async function openConsole(
  access: StackAccess,
  role: RoleName,
  timeoutMs?: number,
): Promise<PostgresSession> {
  const address = access.pooled(role);
  if (address === undefined) throw new Error('The stack has no pooler.');
  return await openSession({ ...address, database: consoleDatabase }, timeoutMs);
}

/** Asks PgBouncer itself, and for a server behind it. @throws what pg throws when PgBouncer does not answer */
export async function readPoolerState(
  access: StackAccess,
  { port }: Pick<StackNode, 'port'>,
  timeoutMs = 1000,
): Promise<PoolerState> {
  const address = access.pooled('monitor');
  await using session = await openConsole(access, 'monitor', timeoutMs);
  const [paused, reached] = await Promise.all([
    isPaused(session),
    address === undefined ? undefined : reachedAt(address, timeoutMs).catch(() => undefined),
  ]);
  return { port, paused, reached: reached ?? null };
}
