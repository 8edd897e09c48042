import { step } from '../events/events.js';
import type { Operation } from '../stack/operation.js';
import type { StackNode } from '../stack/stack.js';

/** SIGKILL to every process of a node, as a power cut would. Returns when the engine says that it has ended. */
export const kill = ({ engine, clock, emit }: Operation, { name, containerId }: StackNode): Promise<void> =>
  step(emit, clock.nowMs, { id: `kill ${name}`, title: `kill ${name} (SIGKILL)`, node: name }, () =>
    engine.signalContainer(containerId, 'SIGKILL'),
  );
