import type { Engine } from '../docker/engine.js';
import { rejoinOrderPath, standbySignalPath } from '../nodes/postgres/kind.js';
import type { Operation } from './operation.js';
import { configuredWritesTo } from './proxy.js';
import { nodesOfKind, onlyNode, type Stack, type StackNode } from './stack.js';

/** Whether a node that does not run would start as a primary: nothing in its data says otherwise. */
export async function startsAsPrimary(engine: Engine, node: StackNode): Promise<boolean> {
  if (node.state === 'created') return false; // It never ran: its first start makes it what it was created for.
  const standby = await Promise.all(
    [standbySignalPath, rejoinOrderPath].map((path) => engine.fileExists(node.containerId, path)),
  );
  return !standby.includes(true);
}

/**
 * The stopped PostgreSQL nodes that must not be started, because each would come up as a primary beside another.
 * A node without standby.signal, or an order to rejoin, starts as a primary; the one that the proxy sends writes to keeps that right,
 * unless another runs already.
 */
export async function secondPrimaries({ engine }: Operation, stack: Stack): Promise<string[]> {
  const candidates = [];
  for (const node of nodesOfKind(stack, 'postgres')) {
    if (await startsAsPrimary(engine, node)) candidates.push(node);
  }
  if (candidates.length < 2) return [];
  const rightful = await configuredWritesTo(engine, onlyNode(stack, 'haproxy'));
  const oneRuns = candidates.some(({ state }) => state === 'running');
  return candidates
    .filter(({ name, state }) => state !== 'running' && (oneRuns || name !== rightful))
    .map(({ name }) => name);
}
