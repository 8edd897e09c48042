import type { Clock } from '../clock/clock.js';
import { waitUntil } from '../clock/wait-until.js';
import type { PreparedExec } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import type { PostgresSession } from '../nodes/postgres/client.js';
import { nodeConfFile, promoteCommand, standbySignal } from '../nodes/postgres/kind.js';
import { newestTimeline, replaysLate } from '../nodes/postgres/server-state.js';
import type { Operation } from '../stack/operation.js';
import type { StackNode } from '../stack/stack.js';

const replayTimeoutMs = 60_000;
const promoteTimeoutMs = 60_000;
const pollMs = 3;

/** Three rounds of wal_retrieve_retry_interval, after each of which the startup process reads pg_wal again. */
const nothingLeftMs = 300;

/**
 * A replica that has received nothing for so long from a server that has ended, or is ending, will receive nothing more:
 * a walsender sends without a pause what there is. It may not have heard of the end, when the two are cut off.
 */
export const silenceMs = 1000;

interface Recovery {
  replica: boolean;
  /** The position that was received last; null on one that never was a replica. */
  received: string | null;
  replayed: boolean;
  /** The position that was replayed last; null on a primary that never was a replica. */
  lsn: string | null;
  /** The startup process waits for WAL: it has read what there is, as far as it can. */
  waits: boolean;
  streaming: boolean;
  /** It replays late on purpose, or not at all. */
  late: boolean;
  timeline: number;
}

const recoverySql = `SELECT pg_is_in_recovery() AS replica, pg_last_wal_receive_lsn()::text AS received,
  coalesce(pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn(), true) AS replayed,
  pg_last_wal_replay_lsn()::text AS lsn,
  EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'startup'
    AND wait_event IN ('RecoveryWalStream', 'RecoveryRetrieveRetryInterval')) AS waits,
  EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming') AS streaming,
  ${replaysLate} AS late,
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

/** Tells for how many milliseconds it has been given the same position; none while it is given undefined. */
export function unchangedFor(clock: Clock): (lsn: string | null | undefined) => number {
  let last: string | null | undefined;
  let sinceMs = 0;
  return (lsn) => {
    const nowMs = clock.nowMs();
    if (lsn === undefined || lsn !== last) sinceMs = nowMs;
    last = lsn;
    return nowMs - sinceMs;
  };
}

/**
 * Waits until a replica has replayed what it received. With `sourceStopped` it first waits until no walreceiver
 * streams any more, or receives: until then, the last WAL that the old primary sent may still be on its way. What a killed primary
 * sent last may be the beginning of a record, which nobody can replay: WAL is flushed, and sent, up to the end of a page
 * (XLogBackgroundFlush in src/backend/access/transam/xlog.c). Then it is enough that the startup process waits in vain.
 *
 * @throws NOT_REPLAYED
 */
export async function waitForReplay(
  { clock, signal }: Operation,
  node: StackNode,
  session: PostgresSession,
  { sourceStopped }: { sourceStopped: boolean },
): Promise<void> {
  const heard = unchangedFor(clock);
  const waitedInVain = unchangedFor(clock);
  await waitUntil(
    async () => {
      const { replayed, streaming, received, late, waits, lsn } = await readRecovery(session);
      if (late) await endReplayDelay(session);
      if (!sourceStopped) return replayed ? true : undefined;
      if (streaming && heard(received) < silenceMs) return undefined;
      if (replayed) return true;
      return waitedInVain(late || !waits ? undefined : lsn) >= nothingLeftMs ? true : undefined;
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

/** Makes sure that these stopped nodes come back as replicas, whoever starts them; of the primary, when there is one. */
export async function fence(
  { engine }: Operation,
  nodes: readonly StackNode[],
  primary: string | undefined,
): Promise<void> {
  await Promise.all(
    nodes.map(({ name, containerId }) =>
      engine.putFiles(containerId, [
        standbySignal,
        ...(primary === undefined ? [] : [nodeConfFile(name, primary)]),
      ]),
    ),
  );
}
