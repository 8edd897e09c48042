import { typed } from '../errors/typed.js';
import { recorded } from '../history/history.js';
import { openAccess } from '../stack/access.js';
import { stopNode } from '../stack/control.js';
import type { Operation } from '../stack/operation.js';
import { getNode, getStack, requireRunning } from '../stack/stack.js';
import { crash } from './crash.js';
import type { Target } from './fault.js';
import { fill } from './fill.js';
import { healIfNeeded } from './heal.js';
import { kill } from './kill.js';
import { lag } from './lag.js';
import { type PartitionOptions, partition } from './partition.js';
import { pause } from './pause.js';
import { slow } from './slow.js';
import { wipe } from './wipe.js';

const healMarginMs = 5000;

/** A fault with all that it takes. */
export type Injection =
  | { fault: 'kill' | 'stop' | 'pause' | 'crash' | 'fill' | 'wipe' }
  | ({ fault: 'partition' } & Omit<PartitionOptions, 'atMostMs'>)
  | { fault: 'slow'; delayMs: number }
  /** Without a delay, nothing is replayed. */
  | { fault: 'lag'; delayMs: number | undefined };

export interface FaultResult {
  fault: Injection['fault'];
  node: string;
  /** Milliseconds that it was held for; null when it is in force still. */
  heldMs: number | null;
  next: string[];
}

function injectInto(target: Target, injection: Injection, forMs: number | undefined): Promise<void> {
  // Should this process die before it heals it.
  const atMostMs = forMs === undefined ? undefined : forMs + healMarginMs;
  switch (injection.fault) {
    case 'kill':
      return kill(target.operation, target.node);
    case 'stop':
      return stopNode(target.operation, target.stack.name, target.node.name).then(() => undefined);
    case 'pause':
      return pause(target);
    case 'crash':
      return crash(target);
    case 'fill':
      return fill(target);
    case 'wipe':
      return wipe(target);
    case 'partition':
      return partition(target, { from: injection.from, way: injection.way, atMostMs });
    case 'slow':
      return slow(target, { delayMs: injection.delayMs, atMostMs });
    case 'lag':
      return lag(target, injection.delayMs);
  }
}

/**
 * Injects a fault into a running node, and returns when it has taken effect. With `forMs` it is held that long and
 * then healed, after Ctrl-C too.
 *
 * @throws NODE_NOT_FOUND, NODE_NOT_RUNNING, NOT_A_REPLICA, FAULT_IN_FORCE before anything is changed; FAULT_FAILED
 */
export async function inject(
  operation: Operation,
  stackName: string,
  nodeName: string,
  injection: Injection,
  forMs?: number,
): Promise<FaultResult> {
  const { engine, clock, emit, signal } = operation;
  const { fault } = injection;
  const stack = await getStack(engine, stackName);
  const onlyPostgres = fault === 'crash' || fault === 'fill' || fault === 'wipe' || fault === 'lag';
  const node = requireRunning(getNode(stack, nodeName, onlyPostgres ? 'postgres' : undefined));
  const access = await openAccess(engine, stack);
  await recorded(
    operation,
    { operation: `fault ${fault}`, stack: stackName, node: nodeName },
    () => injectInto({ operation, stack, access, node }, injection, forMs),
    () => ({
      node: nodeName,
      cause: forMs === undefined ? 'until healed' : `for ${forMs} ms`,
      timeline: null,
    }),
  );
  if (forMs === undefined) {
    return {
      fault,
      node: nodeName,
      heldMs: null,
      next: [typed(stackName, 'status'), typed(stackName, `heal ${nodeName}`)],
    };
  }
  const startMs = clock.nowMs();
  try {
    await clock.sleep(forMs, signal);
  } finally {
    await healIfNeeded({ engine, clock, emit, history: operation.history }, stackName, nodeName);
  }
  return {
    fault,
    node: nodeName,
    heldMs: Math.round(clock.nowMs() - startMs),
    next: [typed(stackName, 'status')],
  };
}
