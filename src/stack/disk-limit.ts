import type { VolumeSpec } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { imageTag } from './images.js';
import { containerName, label, stackLabels } from './labels.js';
import type { Operation } from './operation.js';

/**
 * What a data directory, its WAL and a base backup beside it need to begin with (measured: 45 MB for the template, 80 MB of
 * WAL that min_wal_size keeps), with some room to fill.
 */
export const smallestDiskBytes = 256 * 1024 ** 2;

/**
 * Has a container hold a volume with a limit, from before its node is made. An engine without disk quotas can limit only a
 * volume in memory (tmpfs), and takes that down with the last container that uses it: this one stays when the node stops.
 */
export async function holdVolume(
  { engine }: Operation,
  { stack, node, volume }: { stack: string; node: string; volume: VolumeSpec },
): Promise<void> {
  const mine = { [label.stack]: stack, [label.holdsDiskOf]: node };
  const [known] = await engine.listContainers(mine);
  const id =
    known?.id ??
    (await engine.createSidecar({
      name: `${containerName(stack, node)}-disk`,
      image: imageTag('haproxy'),
      labels: { ...stackLabels(stack), ...mine },
      beside: { volume },
      command: ['-c', 'exec sleep infinity'],
    }));
  await engine.startContainer(id);
}

/** Ends what held the volume of a node, with what was in it. */
export async function letGoOfVolume({ engine }: Operation, stack: string, node: string): Promise<void> {
  const found = await engine.listContainers({ [label.stack]: stack, [label.holdsDiskOf]: node });
  await Promise.all(found.map(({ id }) => engine.removeContainer(id)));
}

/** @throws DISKS_IN_MEMORY when the disks of a stack were in memory, and are gone: the engine was restarted */
export async function refuseLostDisks({ engine }: Operation, stack: string): Promise<void> {
  const holders = (await engine.listContainers({ [label.stack]: stack })).filter(
    ({ labels }) => labels[label.holdsDiskOf] !== undefined,
  );
  if (holders.every(({ state }) => state === 'running' || state === 'created')) return;
  throw new HalabError('DISKS_IN_MEMORY', `The disks of the stack ${stack} were in memory, and are gone.`, {
    hint: `Remove what is left of it: ${typed(stack, 'down')}.`,
  });
}
