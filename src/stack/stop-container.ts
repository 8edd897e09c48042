import type { ContainerState, Engine } from '../docker/engine.js';
import type { StackNode } from './stack.js';

const endedStates: readonly ContainerState[] = ['created', 'exited', 'dead'];

/** Whether there is no process to stop. */
export const hasEnded = ({ state }: StackNode): boolean => endedStates.includes(state);

/** Ends a node that has not ended, as its image's stop signal asks, or with SIGKILL after the grace. */
export const stopContainer = (
  engine: Engine,
  { containerId, state }: StackNode,
  graceS: number,
): Promise<void> =>
  // A paused process hears no signal but SIGKILL.
  state === 'paused'
    ? engine.signalContainer(containerId, 'SIGKILL')
    : engine.stopContainer(containerId, graceS);
