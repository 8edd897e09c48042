import { waitUntil } from '../clock/wait-until.js';
import type { ContainerState, Engine } from '../docker/engine.js';
import type { Operation } from './operation.js';
import type { StackNode } from './stack.js';

const endTimeoutMs = 10_000;

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

/** Waits for the end of a container whose program ends by itself. @throws what `onTimeout` makes */
export async function waitUntilEnded(
  { engine, clock, signal }: Pick<Operation, 'engine' | 'clock' | 'signal'>,
  { containerId }: StackNode,
  onTimeout: () => Error,
): Promise<void> {
  await waitUntil(async () => ((await engine.containerState(containerId)) === 'exited' ? true : undefined), {
    clock,
    timeoutMs: endTimeoutMs,
    intervalMs: 20,
    signal,
    onTimeout,
  });
}
