import type { Engine } from '../docker/engine.js';
import { type Credentials, newCredentials } from '../nodes/credentials.js';
import { kinds } from '../nodes/kinds.js';
import type { Role } from '../nodes/node-kind.js';
import { dataDirectory, standbySignalPath } from '../nodes/postgres/kind.js';
import { findCredentials } from './access.js';
import { imageTag } from './images.js';
import { containerName, label, networkName, nodeLabels, stackLabels, volumeName } from './labels.js';
import type { Operation } from './operation.js';
import type { Topology, TopologyNode } from './parse-topology.js';
import { checkPorts, type PortChoice, type PortPlan, planPorts } from './ports.js';
import type { Stack, StackNode } from './stack.js';

export interface CreateOptions {
  name: string;
  ports: PortChoice;
  lab?: string;
}

/** The ports of nodes that are missing from a stack: moved as those of the others are, or any that are free. */
async function portsBeside(
  engine: Engine,
  stack: Stack,
  topology: Topology,
  choice: PortChoice,
): Promise<PortPlan> {
  const offsets = new Set(stack.nodes.map(({ name, port }) => port - (topology.nodes[name]?.port ?? port)));
  const [offset, other] = offsets;
  const moved = choice !== 'auto' && other === undefined ? { offset: offset ?? 0 } : 'auto';
  return { ...(await planPorts(engine, topology, moved)), api: stack.apiPort };
}

/**
 * The stack's network; made when there is none. The engine makes two of one name when it is asked for the second
 * while it makes the first, as after the kill of an `up`, and then starts no container in either: all but one go.
 */
async function ensureNetwork({ engine }: Operation, stack: string): Promise<string> {
  const list = async (): Promise<string[]> =>
    (await engine.listNetworks({ [label.stack]: stack })).map(({ id }) => id).sort();
  const [known, ...more] = await list();
  if (known !== undefined && more.length === 0) return known;
  const made = known ?? (await engine.createNetwork(networkName(stack), stackLabels(stack)));
  const [kept = made, ...twins] = await list();
  await Promise.all(twins.map((id) => engine.removeNetwork(id)));
  return kept;
}

function valueOf<T>(attempt: PromiseSettledResult<T>): T {
  if (attempt.status === 'rejected') throw attempt.reason;
  return attempt.value;
}

/**
 * Makes the containers that are missing.
 *
 * @param found the stack as it is; undefined when there is none
 * @throws PORT_TAKEN before anything is created; STACK_EXISTS when a name is taken on the engine
 */
export async function createNodes(
  operation: Operation,
  { name: stackName, ports, lab }: CreateOptions,
  topology: Topology,
  found: Stack | undefined,
): Promise<Stack> {
  const { engine, signal } = operation;
  const plan = await (found === undefined
    ? planPorts(engine, topology, ports)
    : portsBeside(engine, found, topology, ports));
  const existing = new Map(found?.nodes.map((node) => [node.name, node]));
  const portOf = (name: string): number => existing.get(name)?.port ?? plan.nodes[name] ?? 0;
  const missing = Object.entries(topology.nodes).filter(([name]) => !existing.has(name));
  await checkPorts(engine, new Map(missing.map(([name]) => [name, portOf(name)])));

  const networkId = missing.length === 0 ? '' : await ensureNetwork(operation, stackName);
  signal?.throwIfAborted();
  const create = async (name: string, node: TopologyNode): Promise<StackNode> => {
    const { port: containerPort, volumePath, sharedMemoryBytes } = kinds[node.kind];
    const labels = nodeLabels(stackName, name);
    const port = portOf(name);
    const containerId = await engine.createContainer({
      name: containerName(stackName, name),
      hostname: name,
      image: imageTag(node.kind),
      labels: {
        ...labels,
        [label.topology]: topology.name,
        [label.kind]: node.kind,
        [label.port]: String(port),
        [label.apiPort]: String(plan.api),
        ...(lab === undefined ? {} : { [label.lab]: lab }),
      },
      networkId,
      aliases: [name],
      ports: [{ container: containerPort, host: port, address: engine.endpoint.publishAddress }],
      ...(volumePath === undefined
        ? {}
        : { volume: { name: volumeName(stackName, name), path: volumePath, labels } }),
      ...(sharedMemoryBytes === undefined ? {} : { sharedMemoryBytes }),
    });
    return { stack: stackName, name, kind: node.kind, containerId, state: 'created', port };
  };
  const attempts = await Promise.allSettled(missing.map(([name, node]) => create(name, node)));
  // Thrown only now, so that nothing is still being created when the caller goes on.
  const created = attempts.map(valueOf);
  const byName = new Map([...existing, ...created.map((node): [string, StackNode] => [node.name, node])]);
  return {
    name: stackName,
    topology: topology.name,
    nodes: Object.keys(topology.nodes).flatMap((name) => byName.get(name) ?? []),
    apiPort: plan.api,
    lab: found === undefined ? (lab ?? null) : found.lab,
  };
}

/** The role that the data in a node's volume gives it; undefined when there is no data yet. */
async function roleInData({ engine }: Operation, { containerId }: StackNode): Promise<Role | undefined> {
  const [initialised, standby] = await Promise.all([
    engine.fileExists(containerId, `${dataDirectory}/PG_VERSION`),
    engine.fileExists(containerId, standbySignalPath),
  ]);
  if (!initialised) return undefined;
  return standby ? 'replica' : 'primary';
}

/**
 * Gives each container that was never started its files, again when an earlier run was interrupted. Kept data
 * decides who is the primary, not the topology.
 *
 * @returns the stack's credentials: those of its data, or new ones
 */
export async function furnishNodes(
  operation: Operation,
  stack: Stack,
  topology: Topology,
  { keptData }: { keptData: boolean },
): Promise<Credentials> {
  const { engine } = operation;
  const postgres = stack.nodes.filter(({ kind }) => kind === 'postgres');
  const ids = postgres.map(({ containerId }) => containerId);
  const credentials = (keptData ? await findCredentials(engine, ids) : undefined) ?? newCredentials();
  const unstarted = stack.nodes.filter(({ state }) => state === 'created');
  if (unstarted.length === 0) return credentials;

  const roles = new Map<string, Role | undefined>();
  if (keptData) for (const node of postgres) roles.set(node.name, await roleInData(operation, node));
  const keptPrimary = postgres.find(({ name }) => roles.get(name) === 'primary')?.name;
  const roleOf = (name: string, inTopology: Role): Role =>
    roles.get(name) ?? (keptPrimary === undefined ? inTopology : 'replica');
  await Promise.all(
    unstarted.map(async ({ name, containerId }) => {
      const node = topology.nodes[name];
      if (node === undefined) return;
      const files = kinds[node.kind].files({
        name,
        credentials,
        peers: postgres.map((peer) => peer.name).filter((peer) => peer !== name),
        writesTo: keptPrimary ?? (node.kind === 'haproxy' ? node.writesTo : ''),
        ...(node.kind === 'postgres' ? { role: roleOf(name, node.role) } : {}),
      });
      await engine.putFiles(containerId, files);
    }),
  );
  return credentials;
}
