import type { DeathWatch } from '../docker/engine.js';
import type { Operation } from '../stack/operation.js';
import type { StackNode } from '../stack/stack.js';

/** A fast shutdown sends all WAL to the replica before it ends; a hung server is killed after this. */
const stopGraceS = 10;

export interface Stopping {
  /** No process of theirs is left: they cannot acknowledge a write any more. */
  ended: Promise<void>;
  /** The engine is done with them as well: it takes files for them again, and could start them. */
  released: Promise<void>;
}

/** Ends these nodes, whatever they are doing. */
export function stopOthers({ engine }: Operation, nodes: readonly StackNode[], deaths: DeathWatch): Stopping {
  const stops = nodes
    .filter(({ state }) => !['exited', 'created', 'dead'].includes(state))
    .map(({ containerId, state }) => {
      // A paused server hears no signal but SIGKILL.
      const released =
        state === 'paused'
          ? engine.signalContainer(containerId, 'SIGKILL')
          : engine.stopContainer(containerId, stopGraceS);
      return { released, ended: Promise.race([released, deaths.died(containerId)]) };
    });
  const all = (promises: Promise<void>[]): Promise<void> => Promise.all(promises).then(() => undefined);
  const stopping = {
    ended: all(stops.map(({ ended }) => ended)),
    released: all(stops.map(({ released }) => released)),
  };
  stopping.released.catch(() => undefined); // Awaited by the caller, later than it may fail.
  return stopping;
}
