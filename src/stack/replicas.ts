import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import type { ReadConfig } from '../nodes/haproxy/config.js';
import type { Topology, TopologyNode } from './parse-topology.js';
import { nodesOfKind, type Stack } from './stack.js';

/** Each takes a WAL sender and a slot of the primary, and memory of the machine. */
export const maxReplicas = 8;

/** The names of the PostgreSQL nodes of a topology that begin as replicas. */
const replicaNames = ({ nodes }: Topology): string[] =>
  Object.entries(nodes).flatMap(([name, node]) =>
    node.kind === 'postgres' && node.role === 'replica' ? [name] : [],
  );

const isPostgres = (node: TopologyNode): boolean => node.kind === 'postgres';

/** The lowest port above the primary's that nothing in the topology has. */
function nextPort({ nodes, api }: Topology): number {
  const used = new Set([api.port]);
  for (const node of Object.values(nodes)) {
    used.add(node.port);
    if (node.kind === 'haproxy' && node.readPort !== undefined) used.add(node.readPort);
  }
  let port = Math.min(
    ...Object.values(nodes)
      .filter(isPostgres)
      .map((node) => node.port),
  );
  while (used.has(port)) port += 1;
  return port;
}

/** `db-replica-2`, and so on: the first such name that no node has. */
export function nextReplicaName(taken: readonly string[], base = 'db-replica'): string {
  if (!taken.includes(base)) return base;
  let number = 2;
  while (taken.includes(`${base}-${number}`)) number += 1;
  return `${base}-${number}`;
}

/** The topology with one more replica, before the proxy and the others; on the next port, or on this one. */
export function withReplica(topology: Topology, name: string, port = nextPort(topology)): Topology {
  const entries = Object.entries(topology.nodes);
  return {
    ...topology,
    nodes: Object.fromEntries([
      ...entries.filter(([, node]) => isPostgres(node)),
      [name, { kind: 'postgres' as const, role: 'replica' as const, port }],
      ...entries.filter(([, node]) => !isPostgres(node)),
    ]),
  };
}

/**
 * The topology with so many replicas. Those that it names come first; names and ports of more follow theirs.
 *
 * @throws TOPOLOGY_INVALID when it names more
 */
export function withReplicas(topology: Topology, count: number): Topology {
  const named = replicaNames(topology);
  if (named.length > count) {
    throw new HalabError(
      'TOPOLOGY_INVALID',
      `The topology ${topology.name} names ${named.length} replicas: ${named.join(', ')}.`,
      { hint: 'Ask for as many or more, or take them out of the file.' },
    );
  }
  let grown = topology;
  while (replicaNames(grown).length < count) {
    grown = withReplica(grown, nextReplicaName(Object.keys(grown.nodes), named[0]));
  }
  return grown;
}

/**
 * The topology with the PostgreSQL nodes that a stack has: those with a container, and those that haproxy.cfg names
 * though their container is gone. What was added to a stack stays, and what was removed does not come back.
 */
export function withReplicasOf(
  described: Topology,
  stack: Stack,
  { databases }: Pick<ReadConfig, 'databases'>,
): Topology {
  const found = nodesOfKind(stack, 'postgres').map(({ name }) => name);
  const wanted = new Set([...found, ...databases]);
  const nodes = Object.entries(described.nodes).filter(
    // Without a haproxy.cfg the stack was never whole: what the topology names is still to be made.
    ([name, node]) => !isPostgres(node) || databases.length === 0 || wanted.has(name),
  );
  const moved = portOffset(described, stack);
  return [...wanted].sort().reduce<Topology>(
    (grown, name) => {
      if (name in grown.nodes) return grown;
      const port = stack.nodes.find((node) => node.name === name)?.port;
      return withReplica(grown, name, port === undefined ? undefined : port - moved);
    },
    { ...described, nodes: Object.fromEntries(nodes) },
  );
}

/** By how much the ports of a stack are moved; of no meaning where any that were free were taken. */
function portOffset({ nodes }: Topology, stack: Stack): number {
  const known = stack.nodes.find(({ name, kind }) => kind !== 'api' && nodes[name] !== undefined);
  return known === undefined ? 0 : known.port - (nodes[known.name]?.port ?? known.port);
}

/** The nodes of a stack with the ports that they have: what is made beside them takes the next one. */
export function topologyOf(stack: Stack): Topology {
  const nodes = stack.nodes.map(({ name, kind, port, readPort }): [string, TopologyNode] => {
    if (kind === 'postgres') return [name, { kind, role: 'replica', port }];
    if (kind === 'haproxy')
      return [name, { kind, writesTo: '', port, ...(readPort === null ? {} : { readPort }) }];
    return [name, { kind, port }];
  });
  return {
    name: stack.topology,
    description: '',
    nodes: Object.fromEntries(nodes),
    api: { port: stack.apiPort },
  };
}

/** How many replicas a stack of this topology has. */
export const countReplicas = (topology: Topology): number =>
  Object.values(topology.nodes).filter(isPostgres).length - 1;

/** @throws STACK_EXISTS: what a node holds is not taken away by a number */
export function refuseFewer(stack: string, has: number, wanted: number): void {
  if (wanted >= has) return;
  throw new HalabError('STACK_EXISTS', `The stack ${stack} has ${has} replicas, not ${wanted}.`, {
    hint: `Say which one is to go: ${typed(stack, 'replica remove NODE')}.`,
  });
}
