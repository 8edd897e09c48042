import { laterCommand } from '../later.js';
import type { PostgresSession } from './client.js';

const reset = 'ALTER SYSTEM RESET idle_session_timeout';
const reload = 'SELECT pg_reload_conf()';

/**
 * The server ends a session when it has ended a transaction, before it begins the next, with SQLSTATE 57P05, which no
 * server says of a statement that it has begun (src/backend/tcop/postgres.c: the timeout is looked at before a command
 * is carried out).
 *
 * @param session as superuser
 */
export async function startCutting(session: PostgresSession): Promise<void> {
  await session.query('ALTER SYSTEM SET idle_session_timeout = 1');
  await session.query(reload);
}

/** Sessions may be idle again, as long as they like. */
export async function stopCutting(session: PostgresSession): Promise<void> {
  await session.query(reset);
  await session.query(reload);
}

/**
 * Stops it after some seconds, whoever has died meanwhile.
 *
 * @param token new each time
 */
export const stopCuttingLaterCommand = (token: string, afterS: number): readonly string[] =>
  laterCommand({
    holder: '/var/run/postgresql/cutting',
    token,
    afterS,
    script: `psql -q -c '${reset}' -c '${reload}'`,
  });
