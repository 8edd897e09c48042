import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { recorded } from '../history/history.js';
import { openAccess } from '../stack/access.js';
import type { Operation } from '../stack/operation.js';
import { getNode, getStack, requireRunning } from '../stack/stack.js';
import { crash } from './crash.js';
import type { Target } from './fault.js';
import { heal } from './heal.js';
import { kill } from './kill.js';
import { lag } from './lag.js';
import { type PartitionOptions, partition } from './partition.js';
import { pause } from './pause.js';
import { wipe } from './wipe.js';

const healMarginMs = 5000;

/** A fault with all that it takes. */
export type Injection =
  | { fault: 'kill' | 'pause' }
  | { fault: 'crash' | 'wipe' }
  | ({ fault: 'partition' } & Omit<PartitionOptions, 'atMostMs'>)
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
  switch (injection.fault) {
    case 'kill':
      return kill(target.operation, target.node);
    case 'pause':
      return pause(target);
    case 'crash':
      return crash(target);
    case 'wipe':
      return wipe(target);
    case 'partition':
      return partition(target, {
        from: injection.from,
        way: injection.way,
        // Should this process die before it heals it.
        atMostMs: forMs === undefined ? undefined : forMs + healMarginMs,
      });
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
  const onlyPostgres = fault === 'crash' || fault === 'wipe' || fault === 'lag';
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
    await heal({ engine, clock, emit, history: operation.history }, stackName, nodeName).catch(
      (error: unknown) => {
        // Somebody healed it meanwhile.
        if (!(error instanceof HalabError && error.code === 'NOTHING_TO_HEAL')) throw error;
      },
    );
  }
  return {
    fault,
    node: nodeName,
    heldMs: Math.round(clock.nowMs() - startMs),
    next: [typed(stackName, 'status')],
  };
}
