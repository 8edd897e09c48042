import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { step } from '../events/events.js';
import { rejoin } from '../failover/rejoin.js';
import { recorded } from '../history/history.js';
import { openAccess } from '../stack/access.js';
import { startNode } from '../stack/control.js';
import type { Operation } from '../stack/operation.js';
import { startsAsPrimary } from '../stack/second-primary.js';
import { getNode, getStack } from '../stack/stack.js';
import type { Fault, Target } from './fault.js';
import { endFill } from './fill.js';
import { findFaults } from './find-faults.js';
import { endLag } from './lag.js';
import { endNetworkFault, removeAbandonedSidecars } from './sidecar.js';

export interface HealResult {
  healed: Fault[];
  next: string[];
}

/**
 * Starts a node that has ended. A PostgreSQL node that is to follow a primary does so by a rejoin: it may hold WAL that
 * the primary never had, and would wait for the rest of it in vain.
 *
 * @throws WOULD_DISCARD; what `startNode` and `rejoin` throw
 */
async function startAgain({ operation, stack, node }: Target): Promise<void> {
  if (node.kind === 'postgres' && !(await startsAsPrimary(operation.engine, node))) {
    try {
      await rejoin(operation, {
        stack: stack.name,
        node: node.name,
        dryRun: false,
        mayDiscard: () => Promise.resolve(false),
      });
      return;
    } catch (error) {
      if (!(error instanceof HalabError && error.code === 'NO_PRIMARY')) throw error;
    }
  }
  await startNode(operation, stack.name, node.name);
}

async function end({ fault }: Fault, target: Target): Promise<void> {
  const { operation, stack, node } = target;
  switch (fault) {
    case 'partition':
    case 'slow':
      await endNetworkFault(target, fault);
      return;
    case 'pause':
      await operation.engine.unpauseContainer(node.containerId);
      return;
    case 'lag':
      await endLag(target);
      return;
    case 'fill':
      await endFill(operation.engine, node);
      return;
    case 'stopped':
      await startAgain(target);
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
const order: readonly Fault['fault'][] = ['partition', 'slow', 'pause', 'lag', 'fill', 'stopped', 'wipe'];

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
  await removeAbandonedSidecars(operation.engine, stackName);
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

/** Ends the faults of a node, and does not mind that none is left: somebody else may have ended them meanwhile. */
export async function healIfNeeded(operation: Operation, stackName: string, node: string): Promise<void> {
  await heal(operation, stackName, node).catch((error: unknown) => {
    if (!(error instanceof HalabError && error.code === 'NOTHING_TO_HEAL')) throw error;
  });
}
