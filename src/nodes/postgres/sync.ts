import type { PostgresSession } from './client.js';

/** When a commit is acknowledged: by the primary alone, once replicas have flushed it, or once they have replayed it. */
export const syncModes = ['off', 'on', 'remote_apply'] as const;
export type SyncMode = (typeof syncModes)[number];

/** What a server says of its synchronous replication. */
export interface SyncState {
  /** What the stack was asked for; replicated with the data, so that each server knows it. */
  mode: SyncMode;
  /** synchronous_standby_names of this server; empty: it waits for nobody. */
  names: string;
}

/**
 * The value of synchronous_standby_names with which a commit is on a majority of the servers, the primary being one of
 * them: ANY 1 of one or two replicas, ANY 2 of three or four. Source: PostgreSQL manual, 19.6.2.
 */
export const quorumOf = (replicas: readonly string[]): string =>
  replicas.length === 0
    ? ''
    : `ANY ${Math.ceil(replicas.length / 2)} (${replicas.map((name) => `"${name}"`).join(', ')})`;

/** How many replicas must answer before a commit is acknowledged, and which are asked. */
export function readQuorum(names: string): { needed: number; replicas: string[] } {
  const [, needed, list = ''] = /^ANY (\d+) \((.*)\)$/.exec(names) ?? [];
  return {
    needed: Number(needed ?? 0),
    replicas: [...list.matchAll(/"([^"]+)"/g)].flatMap(([, name]) => name ?? []),
  };
}

async function readSync(session: PostgresSession): Promise<SyncState> {
  const [row] = await session.query<{ mode: SyncMode; names: string }>(
    `SELECT coalesce(nullif(current_setting('halab.sync', true), ''), 'off') AS mode,
       current_setting('synchronous_standby_names') AS names`,
  );
  return row ?? { mode: 'off', names: '' };
}

/**
 * Sets the mode of a stack, on its primary. A session that is open keeps its synchronous_commit. While a primary waits
 * for a replica that is away, nothing can be written: so this is written without waiting for one.
 */
export async function setSyncMode(session: PostgresSession, mode: SyncMode): Promise<void> {
  await session.query('SET synchronous_commit = local');
  if (mode === 'off') {
    await session.query('ALTER DATABASE shop RESET halab.sync');
    await session.query('ALTER DATABASE shop RESET synchronous_commit');
    return;
  }
  await session.query(`ALTER DATABASE shop SET halab.sync = '${mode}'`);
  await session.query(`ALTER DATABASE shop SET synchronous_commit = '${mode}'`);
}

/** Has a server wait for a quorum of these replicas; for nobody when there are none. A server in recovery may be told. */
export async function waitForReplicas(session: PostgresSession, replicas: readonly string[]): Promise<void> {
  const wanted = quorumOf(replicas);
  const { names } = await readSync(session);
  if (names === wanted) return;
  // A setting takes no parameters; the names of nodes have neither quotes nor apostrophes.
  await session.query(`ALTER SYSTEM SET synchronous_standby_names = '${wanted}'`);
  await session.query('SELECT pg_reload_conf()');
}

/**
 * Where the stack replicates synchronously, has its primary wait for a quorum of other replicas than so far.
 *
 * @param change gives the replicas that there are to be, from those that there were
 */
export async function changeQuorum(
  session: PostgresSession,
  change: (replicas: readonly string[]) => readonly string[],
): Promise<void> {
  const { mode, names } = await readSync(session);
  if (mode === 'off') return;
  await waitForReplicas(session, [...new Set(change(readQuorum(names).replicas))].sort());
}
