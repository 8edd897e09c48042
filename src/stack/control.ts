import type { ContainerState } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { step } from '../events/events.js';
import { instanceAnswers } from '../nodes/api/answers.js';
import { haproxyAnswers } from '../nodes/haproxy/ready.js';
import { kinds } from '../nodes/kinds.js';
import type { Role } from '../nodes/node-kind.js';
import { readServerState } from '../nodes/postgres/server-state.js';
import { pingRedis } from '../nodes/redis/cache-state.js';
import { openAccess } from './access.js';
import type { Operation } from './operation.js';
import { readPoolerState } from './pooler-state.js';
import { startContainer } from './ports.js';
import { configuredWritesTo } from './proxy.js';
import { secondPrimaries } from './second-primary.js';
import { getNode, getStack, nodesOfKind, type Stack, type StackNode } from './stack.js';
import { hasEnded, stopContainer } from './stop-container.js';
import { waitUntilReady } from './verify.js';

export interface NodeChange {
  stack: string;
  node: string;
  before: ContainerState;
  after: ContainerState;
  /** What a PostgreSQL server says of itself once it answers; null for other kinds, and after a stop. */
  role: Role | null;
  durationMs: number;
  /** Commands to type next; empty when nothing is left to do. */
  next: string[];
}

async function stopNow({ engine, clock, emit }: Operation, node: StackNode): Promise<void> {
  const { name, kind } = node;
  if (hasEnded(node)) return;
  await step(emit, clock.nowMs, { id: `stop ${name}`, title: `stop ${name}`, node: name }, () =>
    stopContainer(engine, node, kinds[kind].stopGraceS),
  );
}

/** Starts the container and waits until its server answers. @throws NODE_FAILED, PORT_TAKEN */
async function startNow(operation: Operation, stack: Stack, node: StackNode): Promise<Role | null> {
  const { engine, clock, emit } = operation;
  const { name, containerId, kind } = node;
  return await step(
    emit,
    clock.nowMs,
    { id: `start ${name}`, title: `start ${name} until it answers`, node: name },
    async () => {
      await startContainer(engine, node);
      const access = await openAccess(engine, stack);
      switch (kind) {
        case 'postgres':
          return (
            await waitUntilReady(operation, node, () => readServerState(access.postgres(node, 'monitor')))
          ).role;
        case 'haproxy':
          await waitUntilReady(operation, node, async () =>
            (await haproxyAnswers(engine, containerId)) ? true : undefined,
          );
          return null;
        case 'pgbouncer':
          // It answers for itself, whether or not a server is behind it.
          await waitUntilReady(operation, node, () => readPoolerState(access, node));
          return null;
        case 'redis':
          await waitUntilReady(operation, node, () => pingRedis(access.redis()));
          return null;
        case 'api':
          await waitUntilReady(operation, node, async () =>
            (await instanceAnswers(engine, containerId)) ? true : undefined,
          );
          return null;
      }
    },
  );
}

/** Whether the proxy sends writes to this node. */
async function takesWrites({ engine }: Operation, stack: Stack, node: StackNode): Promise<boolean> {
  const [haproxy] = nodesOfKind(stack, 'haproxy');
  return haproxy !== undefined && (await configuredWritesTo(engine, haproxy)) === node.name;
}

/** What to type when this node is stopped: after the loss of a primary, first the failover. */
async function nextAfterStop(operation: Operation, stack: Stack, node: StackNode): Promise<string[]> {
  const back = typed(stack.name, `start ${node.name}`);
  if (node.kind !== 'postgres' || !(await takesWrites(operation, stack, node))) return [back];
  const other = nodesOfKind(stack, 'postgres').some(
    ({ name, state }) => name !== node.name && state === 'running',
  );
  return other ? [typed(stack.name, 'failover --promote'), back] : [back];
}

/**
 * Stops a node as its kind wishes to be stopped: PostgreSQL by a fast shutdown. One that is stopped stays so.
 *
 * @throws STACK_NOT_FOUND, NODE_NOT_FOUND
 */
export async function stopNode(operation: Operation, stackName: string, name: string): Promise<NodeChange> {
  const { engine, clock } = operation;
  const startMs = clock.nowMs();
  const stack = await getStack(engine, stackName);
  const node = getNode(stack, name);
  await stopNow(operation, node);
  const [after, next] = await Promise.all([
    engine.containerState(node.containerId),
    nextAfterStop(operation, stack, node),
  ]);
  const durationMs = Math.round(clock.nowMs() - startMs);
  return { stack: stackName, node: name, before: node.state, after, role: null, durationMs, next };
}

/** @throws SECOND_PRIMARY */
async function refuseSecondPrimary(operation: Operation, stack: Stack, node: StackNode): Promise<void> {
  if (node.kind !== 'postgres' || !(await secondPrimaries(operation, stack)).includes(node.name)) return;
  throw new HalabError(
    'SECOND_PRIMARY',
    `${node.name} would start as a primary, and the stack ${stack.name} has another one.`,
    { hint: `Leave it stopped. The roles: ${typed(stack.name, 'status')}.` },
  );
}

/**
 * Starts a node and waits until its server answers. One that runs is only asked.
 *
 * @throws STACK_NOT_FOUND, NODE_NOT_FOUND; SECOND_PRIMARY before anything is changed; NODE_FAILED, PORT_TAKEN
 */
export async function startNode(operation: Operation, stackName: string, name: string): Promise<NodeChange> {
  const { engine, clock } = operation;
  const startMs = clock.nowMs();
  const stack = await getStack(engine, stackName);
  const node = getNode(stack, name);
  await refuseSecondPrimary(operation, stack, node);
  const role = await startNow(operation, stack, node);
  const after = await engine.containerState(node.containerId);
  const durationMs = Math.round(clock.nowMs() - startMs);
  return { stack: stackName, node: name, before: node.state, after, role, durationMs, next: [] };
}

/**
 * Stops a node, if it runs, and starts it again.
 *
 * @throws as `startNode`
 */
export async function restartNode(
  operation: Operation,
  stackName: string,
  name: string,
): Promise<NodeChange> {
  const { engine, clock } = operation;
  const startMs = clock.nowMs();
  const stack = await getStack(engine, stackName);
  const node = getNode(stack, name);
  await refuseSecondPrimary(operation, stack, node);
  await stopNow(operation, node);
  const role = await startNow(operation, stack, { ...node, state: 'exited' });
  const after = await engine.containerState(node.containerId);
  const durationMs = Math.round(clock.nowMs() - startMs);
  return { stack: stackName, node: name, before: node.state, after, role, durationMs, next: [] };
}
