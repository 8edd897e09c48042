import { step } from '../events/events.js';
import type { Target } from './fault.js';

/** A hung server: its processes are frozen (cgroup freezer), its sockets stay open, and nobody is answered. */
export const pause = ({ operation: { engine, clock, emit }, node }: Target): Promise<void> =>
  step(emit, clock.nowMs, { id: `pause ${node.name}`, title: `pause ${node.name}`, node: node.name }, () =>
    engine.pauseContainer(node.containerId),
  );
