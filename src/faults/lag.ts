import { waitUntil } from '../clock/wait-until.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { step } from '../events/events.js';
import { endReplayDelay } from '../failover/promotion.js';
import { openSession } from '../nodes/postgres/client.js';
import { readServerState } from '../nodes/postgres/server-state.js';
import type { Target } from './fault.js';

const effectTimeoutMs = 5000;

/** Waits until the server itself says that it replays late, or no longer. */
async function untilReplays(
  { operation: { clock, signal }, access, node }: Target,
  late: boolean,
): Promise<void> {
  await waitUntil(
    async () => {
      const { replayDelay } = await readServerState(access.postgres(node, 'monitor'));
      const isLate = replayDelay !== null && (replayDelay.paused || replayDelay.delayMs > 0);
      return isLate === late ? true : undefined;
    },
    {
      clock,
      timeoutMs: effectTimeoutMs,
      intervalMs: 20,
      signal,
      onTimeout: () =>
        new HalabError('FAULT_FAILED', `${node.name} replays ${late ? 'as before' : 'late still'}.`),
    },
  );
}

/**
 * A replica that receives WAL and replays it late: each commit by `delayMs`, or nothing at all until it is healed.
 * Source: PostgreSQL manual, recovery_min_apply_delay and Recovery Control Functions.
 *
 * @throws NOT_A_REPLICA, FAULT_IN_FORCE before anything is changed; FAULT_FAILED
 */
export async function lag(target: Target, delayMs: number | undefined): Promise<void> {
  const { operation, stack, access, node } = target;
  const { clock, emit } = operation;
  const { role, replayDelay } = await readServerState(access.postgres(node, 'monitor'));
  if (role !== 'replica' || replayDelay === null) {
    throw new HalabError('NOT_A_REPLICA', `${node.name} is a primary: it replays nothing.`, {
      hint: `The roles: ${typed(stack.name, 'status')}.`,
    });
  }
  if (replayDelay.paused || replayDelay.delayMs > 0) {
    throw new HalabError('FAULT_IN_FORCE', `${node.name} replays late already.`, {
      hint: `End that first: ${typed(stack.name, `heal ${node.name}`)}.`,
    });
  }
  await using session = await openSession(access.postgres(node, 'postgres'));
  const title =
    delayMs === undefined ? `pause replay on ${node.name}` : `replay ${delayMs} ms late on ${node.name}`;
  await step(emit, clock.nowMs, { id: `lag ${node.name}`, title, node: node.name }, async () => {
    if (delayMs === undefined) await session.query('SELECT pg_wal_replay_pause()');
    else {
      // ALTER SYSTEM takes no parameter; what is put in is a whole number.
      await session.query(`ALTER SYSTEM SET recovery_min_apply_delay = ${Math.round(delayMs)}`);
      await session.query('SELECT pg_reload_conf()');
    }
    try {
      await untilReplays(target, true);
    } catch (error) {
      await endReplayDelay(session);
      throw error;
    }
  });
}

/** Replay goes on at once. @throws FAULT_FAILED */
export async function endLag(target: Target): Promise<void> {
  await using session = await openSession(target.access.postgres(target.node, 'postgres'));
  await endReplayDelay(session);
  await untilReplays(target, false);
}
