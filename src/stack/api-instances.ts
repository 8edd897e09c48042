import { HalabError } from '../errors/halab-error.js';
import type { Topology } from './parse-topology.js';
import type { Stack } from './stack.js';

/** Their names; no other node may have one of these (parse-topology.ts). */
const instanceName = (number: number): string => `api-${number}`;
const instanceNumber = (name: string): number => Number(/^api-(\d+)$/.exec(name)?.[1] ?? 0);

/** The highest number among the instances of the API that have a container; 0 when none has. */
export const countInstances = (stack: Stack): number =>
  Math.max(0, ...stack.nodes.filter(({ kind }) => kind === 'api').map(({ name }) => instanceNumber(name)));

export const hasInstances = ({ nodes }: Topology): boolean =>
  Object.values(nodes).some(({ kind }) => kind === 'api');

/**
 * The topology with so many instances of the API as nodes of their own.
 *
 * @throws TOPOLOGY_INVALID when it has no HAProxy to balance over them
 */
export function withInstances(topology: Topology, count: number): Topology {
  if (count === 0) return topology;
  if (Object.values(topology.nodes).every(({ kind }) => kind !== 'haproxy')) {
    throw new HalabError(
      'TOPOLOGY_INVALID',
      `The topology ${topology.name} has no haproxy node, which instances of the API need before them.`,
    );
  }
  const { port } = topology.api;
  const instances = Array.from({ length: count }, (_, index) => [
    instanceName(index + 1),
    { kind: 'api' as const, port },
  ]);
  return {
    ...topology,
    nodes: { ...topology.nodes, ...(Object.fromEntries(instances) as Topology['nodes']) },
  };
}
