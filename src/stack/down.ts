import { waitUntil } from '../clock/wait-until.js';
import type { ContainerSummary, Engine, NetworkSummary, VolumeSummary } from '../docker/engine.js';
import type { ErrorCode } from '../errors/catalogue.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { step } from '../events/events.js';
import { label } from './labels.js';
import type { Operation } from './operation.js';

/** Something foreign in the network keeps it for good; what the engine is still making comes sooner. */
const removalTimeoutMs = 5000;
/** What the engine answers while it still makes a part, or when another command has just removed it. */
const passing: readonly ErrorCode[] = ['ENGINE_FAILED', 'STACK_INCOMPLETE'];

export interface DownResult {
  stack: string;
  containers: string[];
  volumes: string[];
  networks: string[];
  /** Volumes that --keep-data left; `halab up` goes on with them. */
  keptVolumes: string[];
}

interface Parts {
  containers: ContainerSummary[];
  volumes: VolumeSummary[];
  networks: NetworkSummary[];
}

async function listParts(engine: Engine, stack: string): Promise<Parts> {
  const ofStack = { [label.stack]: stack };
  const [containers, volumes, networks] = await Promise.all([
    engine.listContainers(ofStack),
    engine.listVolumes(ofStack),
    engine.listNetworks(ofStack),
  ]);
  return { containers, volumes, networks };
}

/** Whether the engine has anything of a stack: a container, kept data, or what an interrupted command made. */
export const hasParts = async (engine: Engine, stack: string): Promise<boolean> =>
  Object.values(await listParts(engine, stack)).some((parts: readonly unknown[]) => parts.length > 0);

async function removeParts(
  { engine, clock, emit }: Operation,
  { containers, volumes, networks }: Parts,
  { keepData }: { keepData: boolean },
): Promise<void> {
  await Promise.all(
    containers.map(({ id, labels, name, state }) => {
      const node = labels[label.node] ?? name;
      return step(emit, clock.nowMs, { id: `remove ${node}`, title: `remove ${node}`, node }, async () => {
        // Data that is kept deserves a clean shutdown; the engine's removal is a SIGKILL.
        if (keepData && state === 'running') await engine.stopContainer(id, 30);
        await engine.removeContainer(id);
      });
    }),
  );
  await Promise.all([
    ...networks.map(({ id }) => engine.removeNetwork(id)),
    ...(keepData ? [] : volumes.map(({ name }) => engine.removeVolume(name))),
  ]);
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
  options: { keepData: boolean },
): Promise<DownResult> {
  const { engine, clock, emit } = operation;
  const { keepData } = options;
  const parts = await listParts(engine, name);
  if (Object.values(parts).flat().length === 0) {
    throw new HalabError('STACK_NOT_FOUND', `There is no stack named ${name}.`, {
      hint: 'The stacks there are: halab ls.',
    });
  }
  if (keepData && parts.containers.some(({ labels }) => labels[label.holdsDiskOf] !== undefined)) {
    throw new HalabError(
      'DISKS_IN_MEMORY',
      `The disks of the stack ${name} are in memory: they go with it.`,
      {
        hint: `To lose its data: ${typed(name, 'down')}.`,
      },
    );
  }
  emit({ type: 'operation.started', operation: 'down', stack: name });
  let left = parts;
  // The engine may still be making something for an `up` that was killed: looked at again until nothing is left.
  const removeLeft = async (): Promise<true | undefined> => {
    try {
      await removeParts(operation, left, options);
    } finally {
      left = await listParts(engine, name);
    }
    const { containers, volumes, networks } = left;
    const count = containers.length + networks.length + (keepData ? 0 : volumes.length);
    return count === 0 ? true : undefined;
  };
  await waitUntil(removeLeft, {
    clock,
    timeoutMs: removalTimeoutMs,
    intervalMs: 50,
    isFinal: (error) => !(error instanceof HalabError && passing.includes(error.code)),
    onTimeout: (error) =>
      error instanceof Error
        ? error
        : new HalabError('ENGINE_FAILED', `The engine did not remove all of the stack ${name} in time.`),
  });
  const volumes = parts.volumes.map((volume) => volume.name);
  return {
    stack: name,
    containers: parts.containers.map((container) => container.name),
    volumes: keepData ? [] : volumes,
    networks: parts.networks.map((network) => network.name),
    keptVolumes: keepData ? volumes : [],
  };
}
