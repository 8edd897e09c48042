import { countInstances, withInstances } from '../stack/api-instances.js';
import { createNodes, furnishNodes } from '../stack/create-nodes.js';
import { nameNodes } from '../stack/fit-proxy.js';
import { ensureImages } from '../stack/images.js';
import type { Operation } from '../stack/operation.js';
import type { Topology } from '../stack/parse-topology.js';
import { withPooler } from '../stack/pooler.js';
import { readProxyConfig } from '../stack/proxy.js';
import { withReplicasOf } from '../stack/replicas.js';
import { getStack, nodesOfKind, type Stack } from '../stack/stack.js';
import { loadTopology } from '../stack/topology.js';

type FoundConfig = Awaited<ReturnType<typeof readProxyConfig>>;

/**
 * The nodes that a stack should have: those of its topology, where halab ships it, those that it has, and those that its
 * haproxy.cfg names. Of a topology in a file of the user's only what is left is known.
 */
async function wantedNodes(
  { engine }: Operation,
  stack: Stack,
): Promise<{ topology: Topology; config: FoundConfig } | undefined> {
  const [haproxy] = nodesOfKind(stack, 'haproxy');
  const [described, config] = await Promise.all([
    loadTopology(stack.topology).catch(() => undefined),
    haproxy === undefined ? { databases: [], apiInstances: [] } : readProxyConfig(engine, haproxy),
  ]);
  if (described === undefined) return undefined;
  const grown = withPooler(withReplicasOf(described, stack, config), stack, undefined);
  const instances = Math.max(countInstances(stack), config.apiInstances.length);
  return { topology: withInstances(grown, instances), config };
}

/** The names of nodes whose container somebody removed. */
export async function missingNodes(operation: Operation, stack: Stack): Promise<string[]> {
  const wanted = await wantedNodes(operation, stack);
  return Object.keys(wanted?.topology.nodes ?? {}).filter((name) =>
    stack.nodes.every((node) => node.name !== name),
  );
}

/** Makes the containers that are missing, on the volumes that are left of them; what they need next is seen then. */
export async function createMissing(operation: Operation, stackName: string): Promise<void> {
  const { engine } = operation;
  const found = await getStack(engine, stackName);
  const wanted = await wantedNodes(operation, found);
  if (wanted === undefined) return;
  const { topology, config } = wanted;
  const kinds = Object.entries(topology.nodes)
    .filter(([name]) => found.nodes.every((node) => node.name !== name))
    .map(([, { kind }]) => kind);
  await ensureImages(engine, operation, [...new Set(kinds)]);
  const stack = await createNodes(operation, { name: stackName, ports: { offset: 0 } }, topology, found);
  await furnishNodes(operation, stack, topology, { keptData: true, proxied: config.writesTo });
  await nameNodes(operation, stack, config);
}
