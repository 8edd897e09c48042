import { randomUUID } from 'node:crypto';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { recorded } from '../history/history.js';
import { holdCommand, releaseCommand } from '../nodes/haproxy/hold.js';
import { openSession } from '../nodes/postgres/client.js';
import { readServerState } from '../nodes/postgres/server-state.js';
import type { Operation } from '../stack/operation.js';
import { onlyNode, requireRunning, type StackNode } from '../stack/stack.js';
import { catchUp, cutBetweenTransactions, stopCutting } from './cut-sessions.js';
import { takeOver } from './failover.js';
import { type Phase, type PhaseRecorder, recordPhases } from './phases.js';
import type { FailoverStep } from './plan.js';
import type { Takeover } from './refusals.js';
import { follow } from './rejoin.js';

/** What comes after the sessions are cut: the stop, the promotion and the proxy. A connection is held no longer. */
const takeOverMarginMs = 10_000;

export interface SwitchoverOptions {
  stack: string;
  /** The replica that becomes the primary; the one that received the most WAL when it is left out. */
  node: string | undefined;
  /** Time within which all transactions must have ended and the replica have caught up. */
  maxPauseMs: number;
}

export interface SwitchoverResult {
  primary: string;
  replica: string;
  timeline: { before: number; after: number };
  /** From the moment at which new connections were held to an acknowledged write on the new primary. */
  pauseMs: number;
  phases: Phase[];
  next: string[];
}

type SwitchoverStep =
  | FailoverStep
  | 'checkpoint'
  | 'hold connections'
  | 'cut sessions'
  | 'catch up'
  | 'follow';

/** @throws NO_PRIMARY, REPLICA_BEHIND */
async function requireReady({ stack, access, candidate, others, current }: Takeover): Promise<StackNode> {
  const primary = others.find(({ name }) => name === current);
  const state =
    primary?.state === 'running'
      ? await readServerState(access.postgres(primary, 'monitor')).catch(() => undefined)
      : undefined;
  if (primary === undefined || state?.role !== 'primary') {
    throw new HalabError(
      'NO_PRIMARY',
      `${current ?? 'The node that takes writes'} is no primary that answers.`,
      {
        hint: `When it is dead: ${typed(stack.name, 'failover --promote')}. The roles: ${typed(stack.name, 'status')}.`,
      },
    );
  }
  const standby = state.standbys.find(({ name }) => name === candidate.name);
  if (standby?.state !== 'streaming') {
    throw new HalabError('REPLICA_BEHIND', `${candidate.name} does not stream from ${primary.name}.`, {
      hint: `See why: ${typed(stack.name, 'lag')}. Bring it back: ${typed(stack.name, `rejoin ${candidate.name}`)}.`,
    });
  }
  return primary;
}

/** Holds new work, and returns when the old primary has none left and the candidate has all of it. */
async function quiesce(
  operation: Operation,
  takeover: Takeover,
  recorder: PhaseRecorder<SwitchoverStep>,
  maxPauseMs: number,
): Promise<void> {
  const { engine, clock } = operation;
  const { stack, access, candidate } = takeover;
  const primary = await requireReady(takeover);
  const haproxy = requireRunning(onlyNode(stack, 'haproxy'));
  await using session = await openSession(access.postgres(primary, 'postgres'));
  using hold = engine.prepareExec(haproxy.containerId, {
    command: holdCommand(randomUUID(), (maxPauseMs + takeOverMarginMs) / 1000),
  });
  // The shutdown checkpoint then finds little left to write.
  await recorder.run('checkpoint', () => Promise.all([session.query('CHECKPOINT'), hold.ready()]));
  operation.signal?.throwIfAborted();
  const startMs = clock.nowMs();
  const leftMs = (): number => Math.max(1, maxPauseMs - (clock.nowMs() - startMs));
  try {
    await recorder.run('hold connections', () => hold.run());
    await recorder.run('cut sessions', () => cutBetweenTransactions(operation, session, leftMs()));
    await recorder.run('catch up', () => catchUp(operation, session, candidate.name, leftMs()));
  } catch (error) {
    await stopCutting(session);
    await engine.exec(haproxy.containerId, releaseCommand);
    throw error;
  }
}

async function swap(
  operation: Operation,
  { stack, node, maxPauseMs }: SwitchoverOptions,
): Promise<SwitchoverResult> {
  const { clock, emit } = operation;
  const recorder = recordPhases<SwitchoverStep>(clock, emit);
  const { promoted, fenced, timeline } = await takeOver(
    operation,
    { stack, promote: node, haproxy: 'reload', permissions: { force: true, maxLagBytes: undefined } },
    { recorder, beforeStop: (takeover) => quiesce(operation, takeover, recorder, maxPauseMs) },
  );
  const [replica = ''] = fenced;
  await recorder.run('follow', () =>
    follow(operation, {
      stack,
      node: replica,
      dryRun: false,
      // It was shut down after its successor had all of its WAL: what it would discard then is a defect.
      mayDiscard: () => Promise.resolve(false),
    }),
  );
  const phases = recorder.phases();
  const from = phases.find(({ name }) => name === 'hold connections');
  const until = phases.find(({ name }) => name === 'verify');
  return {
    primary: promoted,
    replica,
    timeline,
    pauseMs: from === undefined || until === undefined ? 0 : until.startMs + until.durationMs - from.startMs,
    phases,
    next: [typed(stack, 'status')],
  };
}

/**
 * Swaps the roles of the primary and a replica without losing a write: new connections wait in the proxy, sessions are
 * ended between their transactions, the replica catches up, is promoted, and the old primary follows it. When
 * transactions or the replica need longer than `maxPauseMs`, it is called off and the old primary goes on.
 *
 * @throws NO_REPLICA, NODE_NOT_FOUND, NODE_NOT_RUNNING, NOT_A_REPLICA, NO_PRIMARY, REPLICA_BEHIND,
 *   SWITCHOVER_CALLED_OFF with the old primary in place; what `failover` and `rejoin` throw
 */
export const switchover = (operation: Operation, options: SwitchoverOptions): Promise<SwitchoverResult> =>
  recorded(
    operation,
    { operation: 'switchover', stack: options.stack, node: options.node },
    () => swap(operation, options),
    ({ primary, replica, timeline, pauseMs }) => ({
      node: primary,
      cause: `roles swapped with ${replica}, paused for ${Math.round(pauseMs)} ms`,
      timeline,
    }),
  );
