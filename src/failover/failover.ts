import { typed } from '../errors/typed.js';
import { recorded } from '../history/history.js';
import type { HaproxyAction } from '../nodes/haproxy/point.js';
import { readServerState } from '../nodes/postgres/server-state.js';
import { createSlots } from '../nodes/postgres/slots.js';
import { changeQuorum, waitForReplicas } from '../nodes/postgres/sync.js';
import { openAccess } from '../stack/access.js';
import { askEngine } from '../stack/engine-answers.js';
import { label } from '../stack/labels.js';
import type { Operation } from '../stack/operation.js';
import { getStack, nodesOfKind, onlyNode, type Stack, type StackNode } from '../stack/stack.js';
import { type Candidate, chooseCandidate } from './candidate.js';
import { type Phase, type PhaseRecorder, recordPhases } from './phases.js';
import { type FailoverStep, type PlannedStep, planFailover } from './plan.js';
import { fence, preparePromotions, promoteAndWait, readRecovery, waitForReplay } from './promotion.js';
import { proxyChange, verifyWrites } from './proxy-change.js';
import { type Permissions, refuseHarm, type Takeover } from './refusals.js';
import { repoint } from './repoint.js';
import { stopOthers, untilEnded } from './stop-others.js';

export interface FailoverOptions {
  stack: string;
  /** The replica to promote; the one that received the most WAL when it is left out. */
  promote?: string | undefined;
  haproxy: HaproxyAction;
  permissions: Permissions;
}

export interface FailoverResult {
  promoted: string;
  /** How the node was found that the proxy sent writes to. */
  cause: string;
  /** Nodes that were primaries or may have been: stopped, and bound to come back as replicas. */
  fenced: string[];
  timeline: { before: number; after: number };
  haproxy: { action: HaproxyAction };
  /** Times count from the start of the command. Phases overlap where the order allows it. */
  phases: Phase[];
  /** A write through the proxy was acknowledged by the promoted node. */
  verified: boolean;
  /** Replicas that follow, and those that cannot: they hold WAL that the promoted node never received. */
  redundancy: { streamingReplicas: number; diverged: string[] };
  next: string[];
}

function foundState(others: readonly StackNode[], current: string | undefined): string {
  const old = others.find(({ name }) => name === current);
  return old === undefined ? `${current ?? 'no node'} took the writes` : `${old.name} was ${old.state}`;
}

/** The nodes that may be a primary, or do not answer: none of them may stay one. */
const othersThan = (stack: Stack, { node: candidate, followers }: Candidate): StackNode[] =>
  nodesOfKind(stack, 'postgres').filter((node) => node.name !== candidate.name && !followers.includes(node));

/** The steps that `failover` would take now, with their commands. @throws as `failover` before its first step */
export async function dryRunFailover(
  operation: Operation,
  { stack: name, promote, haproxy: action, permissions }: FailoverOptions,
): Promise<PlannedStep[]> {
  const { engine } = operation;
  const stack = await getStack(engine, name);
  const haproxy = onlyNode(stack, 'haproxy');
  const { access, configured } = await askEngine(engine, stack);
  const chosen = await chooseCandidate(stack, access, promote, configured);
  const { node: candidate, session: opened, followers } = chosen;
  await using session = opened;
  const others = othersThan(stack, chosen);
  const { replica } = await readRecovery(session);
  const takeover = { stack, access, candidate, session, others, current: configured, replica };
  await refuseHarm(operation, takeover, permissions);
  return planFailover({
    stack: name,
    candidate: candidate.name,
    others: others.map((other) => other.name),
    followers: followers.map((node) => node.name),
    haproxy: haproxy.name,
    action,
  });
}

/**
 * Makes a replica the primary and sends writes to it: the old primary is stopped first, in any case; the replica replays what
 * it received, is promoted, HAProxy is pointed at it, and a write through the proxy proves it. What needs no
 * waiting is prepared meanwhile, for every node that could be promoted. The other replicas go on serving reads, and
 * follow the new primary once it takes writes. Run again after an interruption, it goes on.
 *
 * @throws NO_REPLICA, NODE_NOT_FOUND, NODE_NOT_RUNNING, NOT_A_REPLICA, PRIMARY_ALIVE, REPLICA_BEHIND,
 *   PROXY_CONFIG_INVALID before anything is changed; NOT_REPLAYED, PROMOTION_FAILED, VERIFICATION_FAILED
 */
export const failover = (operation: Operation, options: FailoverOptions): Promise<FailoverResult> =>
  recorded(
    operation,
    { operation: 'failover', stack: options.stack, node: options.promote },
    () => takeOver(operation, options, { recorder: recordPhases(operation.clock, operation.emit) }),
    ({ promoted, cause, timeline }) => ({ node: promoted, cause, timeline }),
  );

interface Course {
  recorder: PhaseRecorder<FailoverStep>;
  /** Runs when all is prepared, right before the old primary is stopped; what it throws calls the failover off. */
  readonly beforeStop?: (takeover: Takeover) => Promise<void>;
  /** Runs when the proxy points at the new primary, beside the write that proves it. */
  readonly whenPointed?: () => Promise<void>;
}

/** The steps of a failover, for one that is planned as well. @throws as `failover` */
export async function takeOver(
  operation: Operation,
  options: FailoverOptions,
  { recorder, beforeStop, whenPointed }: Course,
): Promise<FailoverResult> {
  const { engine, emit, signal } = operation;
  emit({ type: 'operation.started', operation: 'failover', stack: options.stack });
  using deaths = engine.watchDeaths({ [label.stack]: options.stack });
  const stack = await getStack(engine, options.stack);
  const servers = nodesOfKind(stack, 'postgres');
  const names = servers.map(({ name }) => name);
  using proxy = proxyChange(operation, stack, names, options.haproxy);
  using promotions = preparePromotions(operation, servers);
  const [access, current] = await Promise.all([
    openAccess(engine, stack),
    recorder.run('check haproxy.cfg', proxy.check),
  ]);
  const chosen = await chooseCandidate(stack, access, options.promote, current);
  const { node: candidate, session: opened, followers } = chosen;
  await using session = opened;
  const others = othersThan(stack, chosen);
  const pgCtl = promotions.of(candidate);
  const before = await readRecovery(session);
  const takeover = { stack, access, candidate, session, others, current, replica: before.replica };
  await refuseHarm(operation, takeover, options.permissions);
  signal?.throwIfAborted();
  await beforeStop?.(takeover);

  const stopping = stopOthers(operation, others, deaths);
  // One that is stopped as planned has no reason to be killed: it has handed over all that it has, and follows at once.
  const ended = (): Promise<unknown> =>
    beforeStop === undefined ? untilEnded(operation, others, stopping, session) : stopping.ended;
  await Promise.all([recorder.run('stop old primary', ended), pgCtl.ready()]);
  signal?.throwIfAborted();
  if (before.replica) {
    await recorder.run('replay', () => waitForReplay(operation, candidate, session, { sourceStopped: true }));
    signal?.throwIfAborted();
    await waitForReplicas(session, []);
    await recorder.run('promote', () => promoteAndWait(operation, candidate, session, pgCtl));
  }
  await recorder.run('point proxy', () => proxy.apply(candidate.name));
  await Promise.all([
    whenPointed?.(),
    recorder.run('verify', () => verifyWrites(operation, access, candidate.name)),
  ]);
  // Last, because it costs the engine 0.1 s of the processors that clients need to come back. Until then the old
  // primary is stopped, and only a `docker start` in that moment could bring it back as a primary.
  await recorder.run('fence old primary', async () => {
    await stopping.released;
    await fence(operation, others, candidate.name);
  });
  await recorder.run('keep WAL', () => createSlots(session, [...others, ...followers]));
  const { diverged } =
    followers.length === 0
      ? { diverged: [] as string[] }
      : await recorder.run('follow new primary', () => repoint(operation, access, followers, candidate));
  await changeQuorum(session, () =>
    followers.map(({ name }) => name).filter((name) => !diverged.includes(name)),
  );
  const state = await readServerState(access.postgres(candidate, 'monitor'));
  const streamingReplicas = state.standbys.filter(
    (standby) => standby.state === 'streaming' && !diverged.includes(standby.name),
  ).length;
  return {
    promoted: candidate.name,
    cause: foundState(others, current),
    fenced: others.map(({ name }) => name),
    timeline: { before: before.timeline, after: state.timeline },
    haproxy: { action: options.haproxy },
    phases: recorder.phases(),
    verified: true,
    redundancy: { streamingReplicas, diverged },
    next: [
      typed(options.stack, 'status'),
      ...[...others.map(({ name }) => name), ...diverged].map((name) =>
        typed(options.stack, `rejoin ${name}`),
      ),
    ],
  };
}
