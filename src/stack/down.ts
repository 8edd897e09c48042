import { HalabError } from '../errors/halab-error.js';
import { step } from '../events/events.js';
import { label } from './labels.js';
import type { Operation } from './operation.js';

export interface DownResult {
  stack: string;
  containers: string[];
  volumes: string[];
  networks: string[];
  /** Volumes that --keep-data left; `halab up` goes on with them. */
  keptVolumes: string[];
}

/**
 * Removes a stack: its containers, network and, unless they are kept, its volumes. What an interrupted `up` left
 * is found by its labels and removed too.
 *
 * @throws STACK_NOT_FOUND when there is nothing of that name
 */
export async function down(
  operation: Operation,
  name: string,
  { keepData }: { keepData: boolean },
): Promise<DownResult> {
  const { engine, clock, emit } = operation;
  const ofStack = { [label.stack]: name };
  const [containers, volumes, networks] = await Promise.all([
    engine.listContainers(ofStack),
    engine.listVolumes(ofStack),
    engine.listNetworks(ofStack),
  ]);
  if (containers.length + volumes.length + networks.length === 0) {
    throw new HalabError('STACK_NOT_FOUND', `There is no stack named ${name}.`, {
      hint: 'The stacks there are: halab ls.',
    });
  }
  emit({ type: 'operation.started', operation: 'down', stack: name });
  await Promise.all(
    containers.map(({ id, labels, name: container, state }) => {
      const node = labels[label.node] ?? container;
      return step(emit, clock.nowMs, { id: `remove ${node}`, title: `remove ${node}`, node }, async () => {
        // Data that is kept deserves a clean shutdown; the engine's removal is a SIGKILL.
        if (keepData && state === 'running') await engine.stopContainer(id, 30);
        await engine.removeContainer(id);
      });
    }),
  );
  await Promise.all([
    ...networks.map(({ id }) => engine.removeNetwork(id)),
    ...(keepData ? [] : volumes.map((volume) => engine.removeVolume(volume.name))),
  ]);
  const volumeNames = volumes.map((volume) => volume.name);
  return {
    stack: name,
    containers: containers.map((container) => container.name),
    volumes: keepData ? [] : volumeNames,
    networks: networks.map((network) => network.name),
    keptVolumes: keepData ? volumeNames : [],
  };
}
