import type { DeathWatch } from '../docker/engine.js';
import type { Operation } from '../stack/operation.js';
import type { StackNode } from '../stack/stack.js';
import { hasEnded, stopContainer } from '../stack/stop-container.js';

/** A fast shutdown sends all WAL to the replica before it ends; a hung server is killed after this. */
const stopGraceS = 10;

export interface Stopping {
  /** No process of theirs is left: they cannot acknowledge a write any more. */
  ended: Promise<unknown>;
  /** The engine is done with them as well: it takes files for them again, and could start them. */
  released: Promise<unknown>;
}

/** Ends these nodes, whatever they are doing. */
export function stopOthers({ engine }: Operation, nodes: readonly StackNode[], deaths: DeathWatch): Stopping {
  const stops = nodes
    .filter((node) => !hasEnded(node))
    .map((node) => {
      const released = stopContainer(engine, node, stopGraceS);
      return { released, ended: Promise.race([released, deaths.died(node.containerId)]) };
    });
  const released = Promise.all(stops.map((stop) => stop.released));
  released.catch(() => undefined); // Awaited by the caller, later than it may fail.
  return { ended: Promise.all(stops.map((stop) => stop.ended)), released };
}
