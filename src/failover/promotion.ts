import { waitUntil } from '../clock/wait-until.js';
import type { PreparedExec } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import type { PostgresSession } from '../nodes/postgres/client.js';
import { promoteCommand, slotName, standbySignal } from '../nodes/postgres/kind.js';
import { newestTimeline } from '../nodes/postgres/server-state.js';
import type { Operation } from '../stack/operation.js';
import type { StackNode } from '../stack/stack.js';

const replayTimeoutMs = 60_000;
const promoteTimeoutMs = 60_000;
const pollMs = 3;

interface Recovery {
  replica: boolean;
  replayed: boolean;
  streaming: boolean;
  /** It replays late on purpose, or not at all. */
  late: boolean;
  timeline: number;
}

const recoverySql = `SELECT pg_is_in_recovery() AS replica,
  coalesce(pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn(), true) AS replayed,
  EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming') AS streaming,
  pg_is_in_recovery() AND (pg_is_wal_replay_paused()
    OR current_setting('recovery_min_apply_delay') <> '0') AS late,
  ${newestTimeline} AS timeline`;

/** @throws what pg throws */
export async function readRecovery(session: PostgresSession): Promise<Recovery> {
  const [row] = await session.query<Recovery>(recoverySql);
  if (row === undefined) throw new Error('The server answered with no row.');
  return row;
}

/** A replica that replays late on purpose replays at once. @throws what pg throws */
export async function endReplayDelay(session: PostgresSession): Promise<void> {
  await session.query('ALTER SYSTEM RESET recovery_min_apply_delay');
  await session.query('SELECT pg_reload_conf()');
  await session.query('SELECT pg_wal_replay_resume() WHERE pg_is_in_recovery()');
}

/**
 * Waits until a replica has replayed what it received. With `sourceStopped` it first waits until no walreceiver
 * streams any more: until then, the last WAL that the old primary sent may still be on its way.
 *
 * @throws NOT_REPLAYED
 */
export async function waitForReplay(
  { clock, signal }: Operation,
  node: StackNode,
  session: PostgresSession,
  { sourceStopped }: { sourceStopped: boolean },
): Promise<void> {
  await waitUntil(
    async () => {
      const { replayed, streaming, late } = await readRecovery(session);
      if (late) await endReplayDelay(session);
      return replayed && !(sourceStopped && streaming) ? true : undefined;
    },
    {
      clock,
      timeoutMs: replayTimeoutMs,
      intervalMs: pollMs,
      signal,
      onTimeout: (cause) =>
        new HalabError(
          'NOT_REPLAYED',
          `${node.name} has not replayed the WAL it received within ${replayTimeoutMs / 1000} s.`,
          { cause },
        ),
    },
  );
}

/** `pg_ctl promote`, ready to run in each of several nodes, since which one it will be is known only later. */
interface Promotions extends Disposable {
  readonly of: (node: StackNode) => PreparedExec;
}

export function preparePromotions({ engine }: Operation, nodes: readonly StackNode[]): Promotions {
  const prepare = ({ containerId }: StackNode): PreparedExec =>
    engine.prepareExec(containerId, { command: promoteCommand });
  const prepared = new Map(
    nodes.filter(({ state }) => state === 'running').map((node) => [node.name, prepare(node)]),
  );
  return {
    of: (node) => {
      const found = prepared.get(node.name) ?? prepare(node);
      prepared.set(node.name, found);
      return found;
    },
    [Symbol.dispose]: () => {
      for (const each of prepared.values()) each[Symbol.dispose]();
    },
  };
}

/** Runs a prepared `pg_ctl promote` and waits until the server takes writes. @throws PROMOTION_FAILED */
export async function promoteAndWait(
  { clock, signal }: Operation,
  node: StackNode,
  session: PostgresSession,
  pgCtl: PreparedExec,
): Promise<void> {
  const promoted = waitUntil(
    async () => {
      const [row] = await session.query<{ recovery: boolean }>('SELECT pg_is_in_recovery() AS recovery');
      return row?.recovery === false ? true : undefined;
    },
    {
      clock,
      timeoutMs: promoteTimeoutMs,
      intervalMs: pollMs,
      signal,
      onTimeout: (cause) =>
        new HalabError(
          'PROMOTION_FAILED',
          `${node.name} was not promoted within ${promoteTimeoutMs / 1000} s.`,
          { cause },
        ),
    },
  );
  // The server takes writes before the engine has told how pg_ctl ended: whichever is first decides.
  const failed = pgCtl.run().then(({ exitCode, stderr }) => {
    if (exitCode === 0) return promoted;
    throw new HalabError('PROMOTION_FAILED', `pg_ctl promote on ${node.name} ended with ${exitCode}.`, {
      lines: stderr.trim().split('\n'),
    });
  });
  promoted.catch(() => undefined);
  failed.catch(() => undefined);
  await Promise.race([promoted, failed]);
}

/** Makes sure that these stopped nodes come back as replicas, whoever starts them. */
export async function fence({ engine }: Operation, nodes: readonly StackNode[]): Promise<void> {
  await Promise.all(nodes.map(({ containerId }) => engine.putFiles(containerId, [standbySignal])));
}

/**
 * Slots on the primary for nodes that may follow it later. One that is there stays, unless it has lost WAL: that one
 * was left from when this server followed, and would refuse its replica.
 */
export async function createSlots(session: PostgresSession, nodes: readonly StackNode[]): Promise<void> {
  for (const { name } of nodes) {
    await session.query(
      `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
       WHERE slot_name = $1 AND wal_status = 'lost'`,
      [slotName(name)],
    );
    await session.query(
      `SELECT pg_create_physical_replication_slot($1, true)
       WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1)`,
      [slotName(name)],
    );
  }
}
