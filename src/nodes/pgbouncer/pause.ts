import { laterCommand } from '../later.js';
import type { PostgresSession } from '../postgres/client.js';

/** What `SHOW STATE` says. */
interface StateRow {
  key: string;
  value: string;
}

/** Whether statements wait in PgBouncer. @param session on its console */
export async function isPaused(session: PostgresSession): Promise<boolean> {
  const rows = await session.query<StateRow>('SHOW STATE');
  return rows.some(({ key, value }) => key === 'paused' && value === 'yes');
}

/** Lets statements through again. @param session on the console, as administrator */
export async function resume(session: PostgresSession): Promise<void> {
  if (await isPaused(session)) await session.query('RESUME');
}

/**
 * Ends a pause after some seconds, whoever has died meanwhile (PgBouncer manual, Signals: SIGUSR2 is RESUME).
 *
 * @param token new for each pause
 */
export const resumeLaterCommand = (token: string, afterS: number): readonly string[] =>
  laterCommand({
    holder: '/run/pgbouncer/pause',
    token,
    afterS,
    script: 'kill -USR2 "$(cat /run/pgbouncer/pid)"',
  });
