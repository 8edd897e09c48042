import { HalabError } from '../errors/halab-error.js';
import type { Topology } from './parse-topology.js';
import { nodesOfKind, type Stack } from './stack.js';

const name = 'pgbouncer';
const port = 6432;

const hasPooler = ({ nodes }: Topology): boolean =>
  Object.values(nodes).some(({ kind }) => kind === 'pgbouncer');

/**
 * The topology with a pooler before the proxy, or without one.
 *
 * @param wanted as the stack has it, or as the topology says, when it is undefined
 * @throws TOPOLOGY_INVALID when there is no HAProxy that it could lead to, or its name is another node's
 */
export function withPooler(
  topology: Topology,
  stack: Stack | undefined,
  wanted: boolean | undefined,
): Topology {
  const has = stack === undefined ? hasPooler(topology) : nodesOfKind(stack, 'pgbouncer').length > 0;
  const entries = Object.entries(topology.nodes);
  if (!(wanted ?? has)) {
    return { ...topology, nodes: Object.fromEntries(entries.filter(([, { kind }]) => kind !== 'pgbouncer')) };
  }
  if (hasPooler(topology)) return topology;
  if (name in topology.nodes || entries.every(([, { kind }]) => kind !== 'haproxy')) {
    const problem =
      name in topology.nodes ? `another node named ${name}` : 'no haproxy node for it to lead to';
    throw new HalabError('TOPOLOGY_INVALID', `The topology ${topology.name} has ${problem}.`);
  }
  return { ...topology, nodes: { ...topology.nodes, [name]: { kind: 'pgbouncer', port } } };
}
