import type { Engine } from '../docker/engine.js';
import { type Credentials, newCredentials } from '../nodes/credentials.js';
import { httpPort, readPort } from '../nodes/haproxy/kind.js';
import { kinds } from '../nodes/kinds.js';
import type { KindName, Role } from '../nodes/node-kind.js';
import { dataDirectory, standbySignalPath } from '../nodes/postgres/kind.js';
import { hasInstances } from './api-instances.js';
import { holdVolume } from './disk-limit.js';
import { findCredentials } from './find-credentials.js';
import { imageTag } from './images.js';
import { containerName, label, networkName, nodeLabels, stackLabels, volumeName } from './labels.js';
import type { Operation } from './operation.js';
import type { Topology, TopologyNode } from './parse-topology.js';
import { checkPorts, type PortChoice, type PortPlan, planPorts } from './ports.js';
import type { Stack, StackNode } from './stack.js';

export interface CreateOptions {
  name: string;
  ports: PortChoice;
  /** Nodes as they are so far: one that is made anew keeps its ports. */
  soFar?: readonly StackNode[];
  lab?: string;
  /** Size of the volumes of PostgreSQL nodes; as those that are there have it, when it is left out. */
  diskLimitBytes?: number | undefined;
}

/** The ports of nodes that are missing from a stack: moved as those of the others are, or any that are free. */
async function portsBeside(
  engine: Engine,
  stack: Stack,
  topology: Topology,
  choice: PortChoice,
): Promise<PortPlan> {
  const offsets = new Set(
    stack.nodes.flatMap(({ name, kind, port }) => {
      const node = topology.nodes[name];
      return node === undefined || kind === 'api' ? [] : [port - node.port];
    }),
  );
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
  { name: stackName, ports, soFar = [], lab, diskLimitBytes }: CreateOptions,
  topology: Topology,
  found: Stack | undefined,
): Promise<Stack> {
  const { engine, signal } = operation;
  const plan = await (found === undefined
    ? planPorts(engine, topology, ports)
    : portsBeside(engine, found, topology, ports));
  const existing = new Map(found?.nodes.map((node) => [node.name, node]));
  // The plan has every node but the instances of the API, which share one port.
  const former = (name: string): StackNode | undefined => soFar.find((node) => node.name === name);
  const portOf = (name: string): number =>
    existing.get(name)?.port ?? former(name)?.port ?? plan.nodes[name] ?? plan.api;
  const readPortOf = (name: string): number | null => former(name)?.readPort ?? plan.reads[name] ?? null;
  const missing = Object.entries(topology.nodes).filter(([name]) => !existing.has(name));
  const httpHost = hasInstances(topology) ? plan.api : null;
  const published = (name: string, node: TopologyNode): { container: number; host: number }[] => {
    if (node.kind === 'api') return [];
    const own = { container: kinds[node.kind].port, host: portOf(name) };
    if (node.kind !== 'haproxy') return [own];
    const more = [
      { container: readPort, host: readPortOf(name) },
      { container: httpPort, host: httpHost },
    ];
    return [own, ...more.flatMap(({ container, host }) => (host === null ? [] : [{ container, host }]))];
  };
  await checkPorts(
    engine,
    missing.flatMap(([name, node]) => published(name, node).map(({ host }) => ({ node: name, port: host }))),
  );

  const networkId = missing.length === 0 ? '' : await ensureNetwork(operation, stackName);
  signal?.throwIfAborted();
  const limits = [...(found?.nodes ?? []), ...soFar].map((node) => node.diskLimitBytes ?? undefined);
  const limitBytes = diskLimitBytes ?? limits.find((limit) => limit !== undefined);
  const create = async (name: string, node: TopologyNode): Promise<StackNode> => {
    const { volumePath, sharedMemoryBytes } = kinds[node.kind];
    const labels = nodeLabels(stackName, name);
    const port = portOf(name);
    const nodeHttpPort = node.kind === 'haproxy' ? httpHost : null;
    const nodeReadPort = node.kind === 'haproxy' ? readPortOf(name) : null;
    const ownLimit = node.kind === 'postgres' ? limitBytes : undefined;
    const volume =
      volumePath === undefined
        ? undefined
        : {
            name: volumeName(stackName, name),
            path: volumePath,
            labels,
            ...(ownLimit === undefined ? {} : { limitBytes: ownLimit }),
          };
    if (ownLimit !== undefined && volume !== undefined)
      await holdVolume(operation, { stack: stackName, node: name, volume });
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
        ...(nodeHttpPort === null ? {} : { [label.httpPort]: String(nodeHttpPort) }),
        ...(nodeReadPort === null ? {} : { [label.readPort]: String(nodeReadPort) }),
        ...(ownLimit === undefined ? {} : { [label.diskLimit]: String(ownLimit) }),
        ...(lab === undefined ? {} : { [label.lab]: lab }),
      },
      networkId,
      aliases: [name],
      ports: published(name, node).map((each) => ({ ...each, address: engine.endpoint.publishAddress })),
      ...(volume === undefined ? {} : { volume }),
      ...(sharedMemoryBytes === undefined ? {} : { sharedMemoryBytes }),
    });
    return {
      stack: stackName,
      name,
      kind: node.kind,
      containerId,
      state: 'created',
      port,
      httpPort: nodeHttpPort,
      readPort: nodeReadPort,
      diskLimitBytes: ownLimit ?? null,
    };
  };
  const attempts = await Promise.allSettled(missing.map(([name, node]) => create(name, node)));
  // Thrown only now, so that nothing is still being created when the caller goes on.
  const created = attempts.map(valueOf);
  const byName = new Map([...existing, ...created.map((node): [string, StackNode] => [node.name, node])]);
  return {
    name: stackName,
    topology: topology.name,
    nodes: Object.keys(topology.nodes).flatMap((name) => byName.get(name) ?? []),
    networkFaults: found?.networkFaults ?? [],
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
 * @param proxied the node that the proxy sent writes to when it was last asked; undefined for a new stack
 * @returns the stack's credentials: those of its data, or new ones
 */
export async function furnishNodes(
  operation: Operation,
  stack: Stack,
  topology: Topology,
  { keptData, proxied }: { keptData: boolean; proxied: string | undefined },
): Promise<Credentials> {
  const { engine } = operation;
  const postgres = stack.nodes.filter(({ kind }) => kind === 'postgres');
  const ids = postgres.map(({ containerId }) => containerId);
  const credentials = (keptData ? await findCredentials(engine, ids) : undefined) ?? newCredentials();
  const unstarted = stack.nodes.filter(({ state }) => state === 'created');
  if (unstarted.length === 0) return credentials;

  const roles = new Map<string, Role | undefined>();
  if (keptData) for (const node of postgres) roles.set(node.name, await roleInData(operation, node));
  const primaries = postgres.map(({ name }) => name).filter((name) => roles.get(name) === 'primary');
  const keptPrimary = primaries.find((name) => name === proxied) ?? primaries[0];
  const roleOf = (name: string, inTopology: Role): Role =>
    roles.get(name) ?? (keptPrimary === undefined ? inTopology : 'replica');
  const inTopology = Object.values(topology.nodes).find((node) => node.kind === 'haproxy')?.writesTo;
  const writesTo = proxied ?? keptPrimary ?? inTopology ?? '';
  const primary = keptPrimary ?? writesTo;
  // The data in the image is where every history begins: a primary that went on may not keep what comes next.
  const hasHistory = roles.get(primary) !== undefined;
  const namesOf = (kind: KindName): string[] =>
    stack.nodes.filter((node) => node.kind === kind).map(({ name }) => name);
  const names = Object.fromEntries(
    (Object.keys(kinds) as KindName[]).map((kind) => [kind, namesOf(kind)]),
  ) as Record<KindName, string[]>;
  await Promise.all(
    unstarted.map(async ({ name, containerId }) => {
      const node = topology.nodes[name];
      if (node === undefined) return;
      const files = kinds[node.kind].files({
        name,
        credentials,
        peers: names.postgres.filter((peer) => peer !== name),
        writesTo,
        names,
        ...(node.kind === 'postgres' ? { role: roleOf(name, node.role) } : {}),
        ...(name === primary ? {} : { upstream: primary }),
        copies: hasHistory && roles.get(name) === undefined,
      });
      await engine.putFiles(containerId, files);
    }),
  );
  return credentials;
}
