import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { step } from '../events/events.js';
import { rejoin } from '../failover/rejoin.js';
import { recorded } from '../history/history.js';
import { openAccess } from '../stack/access.js';
import { startNode } from '../stack/control.js';
import type { Operation } from '../stack/operation.js';
import { getNode, getStack } from '../stack/stack.js';
import type { Fault, Target } from './fault.js';
import { findFaults } from './find-faults.js';
import { endLag } from './lag.js';
import { endPartition } from './partition.js';

export interface HealResult {
  healed: Fault[];
  next: string[];
}

async function end({ fault }: Fault, target: Target): Promise<void> {
  const { operation, stack, node } = target;
  switch (fault) {
    case 'partition':
      await endPartition(target);
      return;
    case 'pause':
      await operation.engine.unpauseContainer(node.containerId);
      return;
    case 'lag':
      await endLag(target);
      return;
    case 'stopped':
      await startNode(operation, stack.name, node.name);
      return;
    case 'wipe':
      await rejoin(operation, {
        stack: stack.name,
        node: node.name,
        method: 'basebackup',
        dryRun: false,
        // Nothing is left that could be discarded.
        mayDiscard: () => Promise.resolve(true),
      });
      return;
  }
}

/** What others need first comes first: a wiped node is copied from a primary that has to run. */
const order: readonly Fault['fault'][] = ['partition', 'pause', 'lag', 'stopped', 'wipe'];

/**
 * Ends the faults of a node, or of all: what hangs goes on, what has ended is started, what is lost is copied.
 *
 * @throws NODE_NOT_FOUND, NOTHING_TO_HEAL; what `startNode` and `rejoin` throw
 */
export async function heal(
  operation: Operation,
  stackName: string,
  only: string | undefined,
): Promise<HealResult> {
  const { clock, emit } = operation;
  const stack = await getStack(operation.engine, stackName);
  if (only !== undefined) getNode(stack, only);
  const access = await openAccess(operation.engine, stack);
  const faults = (await findFaults(operation, stack, access))
    .filter(({ node }) => only === undefined || node === only)
    .sort((a, b) => order.indexOf(a.fault) - order.indexOf(b.fault));
  if (faults.length === 0) {
    throw new HalabError(
      'NOTHING_TO_HEAL',
      `No fault is in force ${only === undefined ? 'here' : `on ${only}`}.`,
      {
        hint: `What is wrong otherwise: ${typed(stackName, 'status')}.`,
      },
    );
  }
  for (const fault of faults) {
    const node = getNode(stack, fault.node);
    const about = { id: `heal ${node.name}`, title: `heal ${node.name} (${fault.fault})`, node: node.name };
    await recorded(
      operation,
      { operation: 'heal', stack: stackName, node: node.name },
      () => step(emit, clock.nowMs, about, () => end(fault, { operation, stack, access, node })),
      () => ({ node: node.name, cause: fault.fault, timeline: null }),
    );
  }
  return { healed: faults, next: [typed(stackName, 'status')] };
}
