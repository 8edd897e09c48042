import { typed } from '../errors/typed.js';
import type { HaproxyAction } from '../nodes/haproxy/point.js';
import type { PostgresSession } from '../nodes/postgres/client.js';
import { promoteCommand } from '../nodes/postgres/kind.js';
import { readServerState } from '../nodes/postgres/server-state.js';
import { openAccess, type StackAccess } from '../stack/access.js';
import type { Operation } from '../stack/operation.js';
import { configuredWritesTo } from '../stack/proxy.js';
import { getStack, nodesOfKind, onlyNode, type StackNode } from '../stack/stack.js';
import { chooseCandidate } from './candidate.js';
import { type Phase, recordPhases } from './phases.js';
import { type FailoverStep, type PlannedStep, planFailover } from './plan.js';
import { createSlots, fence, promoteAndWait, readRecovery, waitForReplay } from './promotion.js';
import { proxyChange, verifyWrites } from './proxy-change.js';

export interface FailoverOptions {
  stack: string;
  /** The replica to promote; the one that received the most WAL when it is left out. */
  promote?: string | undefined;
  haproxy: HaproxyAction;
}

export interface FailoverResult {
  promoted: string;
  /** Nodes that were primaries or may have been: stopped, and bound to come back as replicas. */
  fenced: string[];
  timeline: { before: number; after: number };
  haproxy: { action: HaproxyAction };
  /** Times count from the start of the command. Phases overlap where the order allows it. */
  phases: Phase[];
  /** A write through the proxy was acknowledged by the promoted node. */
  verified: boolean;
  /** Replicas that still follow. */
  redundancy: { streamingReplicas: number };
  next: string[];
}

/** A fast shutdown sends all WAL to the replica before it ends; a hung server is killed after this. */
const stopGraceS = 10;

async function stopAll({ engine }: Operation, nodes: readonly StackNode[]): Promise<void> {
  await Promise.all(
    nodes.map(async ({ containerId, state }) => {
      if (state === 'exited' || state === 'created' || state === 'dead') return;
      // A paused server hears no signal but SIGKILL.
      if (state === 'paused') await engine.signalContainer(containerId, 'SIGKILL');
      else await engine.stopContainer(containerId, stopGraceS);
    }),
  );
}

interface Participants extends AsyncDisposable {
  access: StackAccess;
  candidate: StackNode;
  session: PostgresSession;
  others: StackNode[];
  haproxy: StackNode;
  plan: PlannedStep[];
}

/** Finds who takes part. Nothing is changed. @throws NO_REPLICA, NODE_NOT_FOUND, NODE_NOT_RUNNING */
async function findParticipants(
  { engine }: Operation,
  { stack: name, promote, haproxy: action }: FailoverOptions,
): Promise<Participants> {
  const stack = await getStack(engine, name);
  const haproxy = onlyNode(stack, 'haproxy');
  const [access, current] = await Promise.all([
    openAccess(engine, stack),
    configuredWritesTo(engine, haproxy),
  ]);
  const { node: candidate, session } = await chooseCandidate(stack, access, promote, current);
  const others = nodesOfKind(stack, 'postgres').filter((node) => node.name !== candidate.name);
  const plan = planFailover({
    stack: name,
    candidate: candidate.name,
    others: others.map((node) => node.name),
    haproxy: haproxy.name,
    action,
  });
  const dispose = () => session[Symbol.asyncDispose]();
  return { access, candidate, session, others, haproxy, plan, [Symbol.asyncDispose]: dispose };
}

/** The steps that `failover` would take now, with their commands. @throws as `failover` before its first step */
export async function dryRunFailover(operation: Operation, options: FailoverOptions): Promise<PlannedStep[]> {
  await using participants = await findParticipants(operation, options);
  return participants.plan;
}

/**
 * Makes a replica the primary and sends writes to it: the old primary is stopped first, the replica replays what
 * it received, is promoted, HAProxy is pointed at it, and a write through the proxy proves it. What needs no
 * waiting is prepared while the old primary ends. Run again after an interruption, it goes on.
 *
 * @throws NO_REPLICA, NODE_NOT_FOUND, NODE_NOT_RUNNING before anything is changed; NOT_REPLAYED, PROMOTION_FAILED,
 *   PROXY_CONFIG_INVALID, VERIFICATION_FAILED
 */
export async function failover(operation: Operation, options: FailoverOptions): Promise<FailoverResult> {
  const { engine, clock, emit, signal } = operation;
  const recorder = recordPhases<FailoverStep>(clock, emit);
  emit({ type: 'operation.started', operation: 'failover', stack: options.stack });
  await using participants = await findParticipants(operation, options);
  const { access, candidate, session, others, haproxy } = participants;

  const before = await readRecovery(session);
  using pgCtl = engine.prepareExec(candidate.containerId, { command: promoteCommand });
  using proxy = proxyChange(operation, haproxy, candidate.name, options.haproxy);
  await Promise.all([
    recorder.run('stop old primary', () => stopAll(operation, others)),
    recorder.run('check haproxy.cfg', proxy.check),
    pgCtl.ready(),
  ]);
  signal?.throwIfAborted();
  if (before.replica) {
    await recorder.run('replay', () => waitForReplay(operation, candidate, session, { sourceStopped: true }));
    signal?.throwIfAborted();
  }
  if (before.replica) {
    await recorder.run('promote', () => promoteAndWait(operation, candidate, session, pgCtl));
  }
  await recorder.run('point proxy', proxy.apply);
  await recorder.run('verify', () => verifyWrites(operation, access, candidate.name));
  // Last, because it costs the engine 0.1 s of the processors that clients need to come back. Until then the old
  // primary is stopped, and only a `docker start` in that moment could bring it back as a primary.
  await recorder.run('fence old primary', () => fence(operation, others));
  await recorder.run('keep WAL', () => createSlots(session, others));
  const state = await readServerState(access.postgres(candidate, 'monitor'));
  const streamingReplicas = state.standbys.filter((standby) => standby.state === 'streaming').length;
  return {
    promoted: candidate.name,
    fenced: others.map(({ name }) => name),
    timeline: { before: before.timeline, after: state.timeline },
    haproxy: { action: options.haproxy },
    phases: recorder.phases(),
    verified: true,
    redundancy: { streamingReplicas },
    next: [
      typed(options.stack, 'status'),
      ...(streamingReplicas === 0 ? others.map(({ name }) => typed(options.stack, `start ${name}`)) : []),
    ],
  };
}
