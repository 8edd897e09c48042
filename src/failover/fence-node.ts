import type { ContainerState } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { step } from '../events/events.js';
import { recorded } from '../history/history.js';
import { openAccess } from '../stack/access.js';
import { askServers } from '../stack/ask-servers.js';
import type { Operation } from '../stack/operation.js';
import { configuredWritesTo } from '../stack/proxy.js';
import { getNode, getStack, nodesOfKind, onlyNode } from '../stack/stack.js';
import { hasEnded, stopContainer } from '../stack/stop-container.js';
import { fence } from './promotion.js';

const askTimeoutMs = 1000;
const stopGraceS = 10;

export interface FenceOptions {
  stack: string;
  node: string;
  /** Although nobody takes writes afterwards. */
  force: boolean;
}

export interface FenceResult {
  node: string;
  before: ContainerState;
  after: ContainerState;
  /** The server that is a primary now; null when none is. */
  primary: string | null;
  next: string[];
}

/**
 * Takes a node out of the running as a primary: it is stopped, and comes back as a replica, whoever starts it.
 *
 * @throws NODE_NOT_FOUND; NOT_A_PRIMARY for a replica; ONLY_PRIMARY
 */
export const fenceNode = (operation: Operation, options: FenceOptions): Promise<FenceResult> =>
  recorded(
    operation,
    { operation: 'fence', stack: options.stack, node: options.node },
    () => stopAndFence(operation, options),
    ({ node, primary }) => ({
      node,
      cause: primary === null ? 'no other primary' : `${primary} is the primary`,
      timeline: null,
    }),
  );

async function stopAndFence(
  operation: Operation,
  { stack: name, ...options }: FenceOptions,
): Promise<FenceResult> {
  const { engine, clock, emit } = operation;
  const stack = await getStack(engine, name);
  const node = getNode(stack, options.node, 'postgres');
  const access = await openAccess(engine, stack);
  const answers = await askServers(access, nodesOfKind(stack, 'postgres'), askTimeoutMs);
  const own = answers.find((answer) => answer.node.name === node.name)?.state.role;
  const primary = answers.find((answer) => answer.node.name !== node.name && answer.state.role === 'primary')
    ?.node.name;
  if (own === 'replica') {
    throw new HalabError(
      'NOT_A_PRIMARY',
      `${node.name} is a replica: it takes no writes, and would start as a replica.`,
      {
        hint: `To stop it: ${typed(name, `stop ${node.name}`)}.`,
      },
    );
  }
  if (own === 'primary' && primary === undefined && !options.force) {
    throw new HalabError(
      'ONLY_PRIMARY',
      `${node.name} is the only primary: without it nobody takes writes.`,
      {
        hint:
          `Promote a replica, which fences it as well: ${typed(name, 'failover --promote --force')}. ` +
          `Or all the same: ${typed(name, `fence ${node.name} --force`)}.`,
      },
    );
  }
  await step(emit, clock.nowMs, { id: 'fence', title: 'fence', node: node.name }, async () => {
    if (!hasEnded(node)) await stopContainer(engine, node, stopGraceS);
    await fence(operation, [node], primary);
  });
  const [after, configured] = await Promise.all([
    engine.containerState(node.containerId),
    configuredWritesTo(engine, onlyNode(stack, 'haproxy')),
  ]);
  return {
    node: node.name,
    before: node.state,
    after,
    primary: primary ?? null,
    next:
      primary === undefined
        ? [typed(name, 'failover --promote')]
        : [
            ...(configured === primary ? [] : [typed(name, `proxy point ${primary}`)]),
            typed(name, `rejoin ${node.name}`),
          ],
  };
}
