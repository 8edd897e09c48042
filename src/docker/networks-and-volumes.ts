import { HalabError } from '../errors/halab-error.js';
import type { Connection } from './connection.js';
import type { Engine } from './engine.js';
import { statusOf } from './engine-errors.js';
import { labelFilter } from './label-filter.js';

type NetworkAndVolumeCalls = Pick<
  Engine,
  'createNetwork' | 'listNetworks' | 'removeNetwork' | 'listVolumes' | 'removeVolume'
>;

/** Something that is gone already is as good as removed. */
async function unlessGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
}

export const networkAndVolumeCalls = ({ docker, call }: Connection): NetworkAndVolumeCalls => ({
  createNetwork: async (name, labels) => {
    try {
      // Two networks may share a name unless the engine is asked to look.
      const network = await docker.createNetwork({
        Name: name,
        CheckDuplicate: true,
        Driver: 'bridge',
        Labels: labels,
      });
      return network.id;
    } catch (error) {
      if (statusOf(error) === 409) {
        throw new HalabError('STACK_EXISTS', `The engine already has a network named ${name}.`, {
          hint: 'Choose another stack name with --stack, or remove the network: docker network rm ' + name,
          cause: error,
        });
      }
      return await call(Promise.reject(error as Error));
    }
  },
  listNetworks: async (labels) => {
    const networks = await call(docker.listNetworks({ filters: labelFilter(labels) }));
    return networks.map(({ Id, Name, Labels }) => ({ id: Id, name: Name, labels: Labels ?? {} }));
  },
  removeNetwork: (id) => call(unlessGone(docker.getNetwork(id).remove())),
  listVolumes: async (labels) => {
    const { Volumes } = await call(docker.listVolumes({ filters: labelFilter(labels) }));
    return Volumes.map(({ Name, Labels }) => ({ name: Name, labels: Labels }));
  },
  removeVolume: (name) => call(unlessGone(docker.getVolume(name).remove())),
});
