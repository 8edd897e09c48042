import { randomUUID } from 'node:crypto';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { recorded } from '../history/history.js';
import { drainedCommand, holdCommand, releaseCommand } from '../nodes/haproxy/hold.js';
import { openSession } from '../nodes/postgres/client.js';
import { stopCutting, stopCuttingLaterCommand } from '../nodes/postgres/cutting.js';
import { readServerState } from '../nodes/postgres/server-state.js';
import { askServers } from '../stack/ask-servers.js';
import type { Operation } from '../stack/operation.js';
import { onlyNode, requireRunning, type StackNode } from '../stack/stack.js';
import { hasEnded } from '../stack/stop-container.js';
import { catchUp, cutBetweenTransactions } from './cut-sessions.js';
import { takeOver } from './failover.js';
import { type PoolerPause, preparePause } from './pause-pooler.js';
import { type Phase, type PhaseRecorder, recordPhases } from './phases.js';
import type { FailoverStep } from './plan.js';
import type { Takeover } from './refusals.js';
import { follow } from './rejoin.js';

/** What comes after the sessions are cut: the stop, the promotion and the proxy. A connection is held no longer. */
const takeOverMarginMs = 10_000;
/** Sessions are cut no longer by then: should halab die, those that are let in again are not ended at once. */
const cuttingMarginMs = 5000;

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
  | 'pause pooler'
  | 'hold connections'
  | 'cut sessions'
  | 'catch up'
  | 'resume pooler'
  | 'follow';

/** @throws NO_PRIMARY, REPLICA_BEHIND, NODE_NOT_RUNNING */
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
  // It may be a primary as well, so it would be stopped; a server that hangs keeps that, and so the writes, waiting.
  const answering = new Set((await askServers(access, others)).map(({ node }) => node));
  const silent = others.find((node) => !hasEnded(node) && !answering.has(node));
  if (silent !== undefined) {
    throw new HalabError('NODE_NOT_RUNNING', `${silent.name} is ${silent.state} and does not answer.`, {
      hint: `Bring it back, and try again: ${typed(stack.name, 'repair')}.`,
    });
  }
  return primary;
}

/** The old primary, without work; the pooler that keeps new work waiting, where there is one. */
interface Quiet {
  primary: StackNode;
  pooler: PoolerPause | undefined;
}

/** Holds new work, and returns when the old primary has none left and the candidate has all of it. */
async function quiesce(
  operation: Operation,
  takeover: Takeover,
  { recorder, maxPauseMs }: { recorder: PhaseRecorder<SwitchoverStep>; maxPauseMs: number },
): Promise<Quiet> {
  const { engine, clock } = operation;
  const { stack, access, candidate } = takeover;
  const primary = await requireReady(takeover);
  const haproxy = requireRunning(onlyNode(stack, 'haproxy'));
  await using session = await openSession(access.postgres(primary, 'postgres'));
  using hold = engine.prepareExec(haproxy.containerId, {
    command: holdCommand(randomUUID(), (maxPauseMs + takeOverMarginMs) / 1000),
  });
  using drained = engine.prepareExec(haproxy.containerId, { command: drainedCommand });
  // The shutdown checkpoint then finds little left to write.
  await recorder.run('checkpoint', () =>
    Promise.all([session.query('CHECKPOINT'), hold.ready(), drained.ready()]),
  );
  const stopCuttingLater = stopCuttingLaterCommand(randomUUID(), (maxPauseMs + cuttingMarginMs) / 1000);
  const [pooler] = await Promise.all([
    preparePause(operation, stack, access, maxPauseMs + takeOverMarginMs),
    engine.exec(primary.containerId, stopCuttingLater),
  ]);
  operation.signal?.throwIfAborted();
  const startMs = clock.nowMs();
  const leftMs = (): number => Math.max(1, maxPauseMs - (clock.nowMs() - startMs));
  try {
    // Both before the sessions are cut: the pooler would lend one that is just being ended.
    await Promise.all([
      pooler === undefined ? undefined : recorder.run('pause pooler', () => pooler.pause(leftMs())),
      recorder.run('hold connections', () => hold.run()),
    ]);
    await recorder.run('cut sessions', () =>
      cutBetweenTransactions(operation, session, { timeoutMs: leftMs(), drained: drained.run() }),
    );
    await recorder.run('catch up', () => catchUp(operation, session, candidate.name, leftMs()));
    return { primary, pooler };
  } catch (error) {
    await pooler?.resume();
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
  let quiet: Quiet | undefined;
  const resume = async (): Promise<void> => {
    const pooler = quiet?.pooler;
    if (pooler !== undefined) await recorder.run('resume pooler', () => pooler.resume());
  };
  const { promoted, timeline } = await takeOver(
    operation,
    { stack, promote: node, haproxy: 'reload', permissions: { force: true, maxLagBytes: undefined } },
    {
      recorder,
      beforeStop: async (takeover) => {
        quiet = await quiesce(operation, takeover, { recorder, maxPauseMs });
      },
      whenPointed: resume,
    },
  ).catch(async (error: unknown) => {
    await resume();
    throw error;
  });
  const replica = quiet?.primary.name ?? '';
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
  const from = phases.find(({ name }) => name === 'pause pooler' || name === 'hold connections');
  const until = phases.findLast(({ name }) => name === 'verify' || name === 'resume pooler');
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
