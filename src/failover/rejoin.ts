import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { recorded } from '../history/history.js';
import { openSession, type PostgresSession } from '../nodes/postgres/client.js';
import {
  nodeConfFile,
  type RejoinOrder,
  rejoinOrder,
  rejoinOrderPath,
  slotName,
} from '../nodes/postgres/kind.js';
import { readServerState, type ServerState } from '../nodes/postgres/server-state.js';
import { createSlots } from '../nodes/postgres/slots.js';
import { changeQuorum } from '../nodes/postgres/sync.js';
import { forkPassedBy } from '../nodes/postgres/timeline-history.js';
import { openAccess, type StackAccess } from '../stack/access.js';
import type { Operation } from '../stack/operation.js';
import { startContainer } from '../stack/ports.js';
import { getNode, getStack, type StackNode } from '../stack/stack.js';
import { hasEnded, stopContainer } from '../stack/stop-container.js';
import { waitUntilReady } from '../stack/verify.js';
import { leaveStopped } from '../stack/without-server.js';
import { type Discarded, describeDiscarded, nameTables } from './discarded.js';
import { inspectData } from './inspect-data.js';
import { type Phase, type PhaseRecorder, recordPhases } from './phases.js';
import { planRejoin, type RejoinMethod, type RejoinPlan } from './rejoin-plan.js';
import { findPrimary } from './rejoin-primary.js';

/** A base backup copies the whole cluster. */
const copyTimeoutMs = 600_000;
const stopGraceS = 30;

export interface RejoinOptions {
  stack: string;
  node: string;
  /** Instead of the method that the facts suggest. */
  method?: 'rewind' | 'basebackup' | undefined;
  /** Stop when it is known what would be done. */
  dryRun: boolean;
  /** Asked before committed transactions are thrown away; `undefined` when nobody can tell what they are. */
  readonly mayDiscard: (discarded: Discarded | undefined) => Promise<boolean>;
}

export interface RejoinResult {
  node: string;
  primary: string;
  method: RejoinMethod;
  reason: string;
  dryRun: boolean;
  /** Null when the node held nothing that the primary never had, or when that could not be told. */
  discarded: Discarded | null;
  timeline: { before: number | null; after: number | null };
  phases: Phase[];
  next: string[];
}

type RejoinPhase = 'inspect' | 'stop' | 'follow' | 'rewind' | 'basebackup' | 'stream';

const streams = (node: StackNode, primary: ServerState): boolean =>
  primary.standbys.some(({ name, state }) => name === node.name && state === 'streaming');

/** Slots that a former primary kept for its replicas hold WAL on it for nobody. */
const dropForgottenSlots = (session: PostgresSession): Promise<object[]> =>
  session.query('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active');

interface Rejoining {
  operation: Operation;
  node: StackNode;
  primary: { node: StackNode; state: ServerState };
  access: StackAccess;
  recorder: PhaseRecorder<RejoinPhase>;
  readonly order: (order: RejoinOrder) => Promise<void>;
}

interface Inspection {
  plan: RejoinPlan;
  timeline: number | null;
  discarded: Discarded | null;
  /** Whether the container was started to look at its data, and runs no server. */
  waits: boolean;
}

/** Looks at the node's data: through the running container, or through one that is started without its server. */
async function inspect(rejoining: Rejoining, session: PostgresSession): Promise<Inspection> {
  const { operation, node, primary, order } = rejoining;
  const { engine } = operation;
  const pending = await engine.readFile(node.containerId, rejoinOrderPath);
  const serverRuns = node.state === 'running' && pending === undefined;
  const cutOff = pending?.startsWith('basebackup') === true;
  if (!serverRuns && !cutOff) await order('wait');
  if (node.state === 'paused') await stopContainer(engine, node, 0);
  if (node.state !== 'running' && !cutOff) await startContainer(engine, node);
  const { endedTimelines, timeline: primaryTimeline, slots } = primary.state;
  const data = cutOff ? undefined : await inspectData(engine, node, endedTimelines);
  const slot = slots.find(({ name }) => name === slotName(node.name));
  const plan = planRejoin({
    node: node.name,
    primary: primary.node.name,
    stand: data ?? null,
    primaryTimeline,
    endedTimelines,
    slotLost: slot?.walStatus === 'lost',
  });
  return {
    plan,
    timeline: data?.timeline ?? null,
    discarded: data?.past == null ? null : await nameTables(session, data.past.forkLsn, data.past.wal),
    waits: !serverRuns && !cutOff,
  };
}

/** @throws WOULD_DISCARD */
async function refuseLoss(
  { stack, node, mayDiscard }: RejoinOptions,
  { plan, discarded }: Inspection,
): Promise<void> {
  if (!plan.mayHoldMore && (discarded === null || discarded.transactions === 0)) return;
  if (await mayDiscard(discarded ?? undefined)) return;
  const what =
    discarded === null
      ? `what ${node} holds, and nobody can tell what that is`
      : describeDiscarded(discarded);
  throw new HalabError('WOULD_DISCARD', `The rejoin of ${node} would discard ${what}.`, {
    hint: `Save what you need from it first. Then: ${typed(stack, `rejoin ${node} --yes`)}.`,
  });
}

/** Has the node do what was decided, whatever it is doing now, and waits until it streams. */
async function carryOut(
  { operation, node, primary, access, recorder, order }: Rejoining,
  method: RejoinPlan['method'],
  { waits }: Inspection,
): Promise<ServerState> {
  const { engine } = operation;
  // The order first: from here on, whoever starts the container gets a standby.
  await engine.putFiles(node.containerId, [nodeConfFile(node.name, primary.node.name)]);
  await order(method);
  if (!waits) {
    if (!hasEnded(node)) await recorder.run('stop', () => stopContainer(engine, node, stopGraceS));
    await startContainer(engine, node);
  }
  const answers = (): Promise<ServerState> => readServerState(access.postgres(node, 'monitor'));
  const runs: StackNode = { ...node, state: 'running' };
  await recorder.run(method, () => waitUntilReady(operation, runs, answers, copyTimeoutMs));
  return await recorder.run('stream', () =>
    waitUntilReady(operation, runs, async () => {
      const [own, leader] = await Promise.all([
        answers(),
        readServerState(access.postgres(primary.node, 'monitor')),
      ]);
      const follows =
        own.timeline === leader.timeline && forkPassedBy(own, leader.endedTimelines) === undefined;
      return follows && streams(node, leader) ? own : undefined;
    }),
  );
}

/**
 * Makes a PostgreSQL node follow the primary again: a restart as standby when its history is part of the primary's,
 * pg_rewind when it went past the fork, a base backup when neither can do. What it does is written into the node
 * first and done by the node as it starts, so an interrupted rejoin goes on at the next start or the next rejoin.
 *
 * @throws NO_PRIMARY, NOT_A_REPLICA, WOULD_DISCARD before anything is changed; NODE_FAILED, PORT_TAKEN
 */
export const rejoin = (operation: Operation, options: RejoinOptions): Promise<RejoinResult> =>
  options.dryRun
    ? follow(operation, options)
    : recorded(
        operation,
        { operation: 'rejoin', stack: options.stack, node: options.node },
        () => follow(operation, options),
        ({ node, method, reason, timeline }) => ({ node, cause: `${method}: ${reason}`, timeline }),
      );

/** As `rejoin`, for a larger operation that the history keeps. @throws as `rejoin` */
export async function follow(operation: Operation, options: RejoinOptions): Promise<RejoinResult> {
  const { engine, clock, emit } = operation;
  emit({ type: 'operation.started', operation: 'rejoin', stack: options.stack });
  const stack = await getStack(engine, options.stack);
  const node = getNode(stack, options.node, 'postgres');
  const access = await openAccess(engine, stack);
  const primary = await findPrimary(operation, stack, access, node);
  const recorder = recordPhases<RejoinPhase>(clock, emit, node.name);
  const order = (what: RejoinOrder): Promise<void> =>
    engine.putFiles(node.containerId, [rejoinOrder(what, primary.node.name)]);
  const rejoining = { operation, node, primary, access, recorder, order };
  const result = (
    method: RejoinMethod,
    reason: string,
    found: { discarded: Discarded | null; before: number | null; after: number | null },
  ): RejoinResult => ({
    node: node.name,
    primary: primary.node.name,
    method,
    reason,
    dryRun: options.dryRun,
    discarded: found.discarded,
    timeline: { before: found.before, after: found.after },
    phases: recorder.phases(),
    next: [typed(options.stack, options.dryRun ? `rejoin ${node.name}` : 'status')],
  });

  const own =
    node.state === 'running'
      ? await readServerState(access.postgres(node, 'monitor')).catch(() => undefined)
      : undefined;
  const { timeline, endedTimelines } = primary.state;
  if (
    own?.role === 'replica' &&
    own.timeline === timeline &&
    streams(node, primary.state) &&
    forkPassedBy(own, endedTimelines) === undefined &&
    options.method === undefined
  ) {
    const reason = `${node.name} streams from ${primary.node.name} already`;
    return result('none', reason, { discarded: null, before: timeline, after: timeline });
  }

  await using session = await openSession(access.postgres(primary.node, 'postgres'));
  const inspection = await recorder.run('inspect', () => inspect(rejoining, session));
  const method = options.method ?? inspection.plan.method;
  const { reason } = inspection.plan;
  const { discarded, timeline: before } = inspection;
  try {
    if (!options.dryRun) await refuseLoss(options, inspection);
    operation.signal?.throwIfAborted();
  } catch (error) {
    if (inspection.waits) await leaveStopped(operation, node, primary.node.name);
    throw error;
  }
  if (options.dryRun) {
    if (inspection.waits) await leaveStopped(operation, node, primary.node.name);
    return result(method, reason, { discarded, before, after: null });
  }
  await createSlots(session, [node]);
  const { timeline: after } = await carryOut(rejoining, method, inspection);
  await using rejoined = await openSession(access.postgres(node, 'postgres'));
  await dropForgottenSlots(rejoined);
  await changeQuorum(session, (replicas) => [...replicas, node.name]);
  return result(method, reason, { discarded, before, after });
}
