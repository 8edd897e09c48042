import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { step } from '../events/events.js';
import { type Credentials, newCredentials } from '../nodes/credentials.js';
import { kinds } from '../nodes/kinds.js';
import type { KindName, Role } from '../nodes/node-kind.js';
import { dataDirectory, standbySignalPath } from '../nodes/postgres/kind.js';
import { findCredentials, stackAccess } from './access.js';
import { ensureImages, imageTag } from './images.js';
import {
  containerName,
  label,
  networkName,
  nodeLabels,
  stackLabels,
  stackNamePattern,
  stackNameRule,
  volumeName,
} from './labels.js';
import type { Operation } from './operation.js';
import type { Topology } from './parse-topology.js';
import { checkPorts, type PortChoice, planPorts } from './ports.js';
import { secondPrimaries } from './second-primary.js';
import { findStack, getStack, type Stack, type StackNode } from './stack.js';
import { loadTopology } from './topology.js';
import { type Verification, verifyStack } from './verify.js';

export interface UpOptions {
  name: string;
  /** A shipped topology's name, or a file. */
  topology: string;
  ports: PortChoice;
  /** The lab that asks, and may replace the stack later. */
  lab?: string;
}

export interface UpResult {
  stack: string;
  topology: string;
  /** Nodes whose containers were made, and nodes that were started, by this run. */
  created: string[];
  started: string[];
  /** Stopped nodes that were left so, because they would have become a second primary. */
  leftStopped: string[];
  verification: Verification;
  /** Where each node listens on the engine's address. */
  endpoints: { name: string; kind: KindName; address: string; purpose: string }[];
  durationMs: number;
}

/** What a client uses a node for. */
function purposeOf(kind: KindName, isPrimary: boolean): string {
  switch (kind) {
    case 'postgres':
      return isPrimary ? 'primary' : 'reads';
    case 'haproxy':
      return 'writes, to whichever node is the primary';
    case 'redis':
      return 'cache';
  }
}

/** A stack that is there stays as it was made: its ports and its topology do not change under its users. */
function refuseOtherForm(stack: Stack, wanted: Topology, { ports }: UpOptions): void {
  if (wanted.name !== stack.topology) {
    throw new HalabError(
      'STACK_EXISTS',
      `The stack ${stack.name} has the topology ${stack.topology}, not ${wanted.name}.`,
      {
        hint: `Name its topology: ${typed(stack.name, 'up --topology FILE')}. Or choose another name with --stack.`,
      },
    );
  }
  if (ports === 'auto' || ports.offset === 0) return;
  const moved = stack.nodes.find(({ name, port }) => wanted.nodes[name]?.port !== port - ports.offset);
  if (moved === undefined) return;
  throw new HalabError(
    'STACK_EXISTS',
    `The stack ${stack.name} exists with other ports (${moved.name} has ${moved.port}).`,
  );
}

/** Makes the containers that are missing. A container that was never started gets its files (again). */
async function createNodes(
  operation: Operation,
  options: UpOptions,
  stack: Stack | undefined,
  topology: Topology,
): Promise<Stack> {
  const { engine, signal } = operation;
  const existing = new Map(stack?.nodes.map((node) => [node.name, node]));
  const missing = Object.entries(topology.nodes).filter(([name]) => !existing.has(name));
  const plan =
    stack === undefined ? await planPorts(engine, topology, options.ports) : portsLike(stack, topology);
  const toStart = Object.keys(topology.nodes).filter((name) => existing.get(name)?.state !== 'running');
  await checkPorts(
    engine,
    new Map(toStart.map((name) => [name, existing.get(name)?.port ?? plan.nodes[name] ?? 0])),
  );

  const [network] = await engine.listNetworks({ [label.stack]: options.name });
  const networkId =
    network?.id ??
    (missing.length === 0
      ? ''
      : await engine.createNetwork(networkName(options.name), stackLabels(options.name)));
  signal?.throwIfAborted();
  await Promise.all(
    missing.map(async ([name, node]) => {
      const kind = kinds[node.kind];
      const port = plan.nodes[name] ?? 0;
      const containerId = await engine.createContainer({
        name: containerName(options.name, name),
        hostname: name,
        image: imageTag(node.kind),
        labels: {
          ...nodeLabels(options.name, name),
          [label.topology]: topology.name,
          [label.kind]: node.kind,
          [label.port]: String(port),
          [label.apiPort]: String(plan.api),
          ...(options.lab === undefined ? {} : { [label.lab]: options.lab }),
        },
        networkId,
        aliases: [name],
        ports: [{ container: kind.port, host: port, address: engine.endpoint.publishAddress }],
        ...(kind.volumePath === undefined
          ? {}
          : {
              volume: {
                name: volumeName(options.name, name),
                path: kind.volumePath,
                labels: nodeLabels(options.name, name),
              },
            }),
        ...(kind.sharedMemoryBytes === undefined ? {} : { sharedMemoryBytes: kind.sharedMemoryBytes }),
      });
      existing.set(name, { stack: options.name, name, kind: node.kind, containerId, state: 'created', port });
    }),
  );
  return {
    name: options.name,
    topology: topology.name,
    nodes: Object.keys(topology.nodes).flatMap((name) => existing.get(name) ?? []),
    apiPort: plan.api,
    lab: stack?.lab ?? options.lab ?? null,
  };
}

/** The port that a node without a container gets beside the ones that are there: moved as the others are. */
function portsLike(stack: Stack, topology: Topology): { nodes: Record<string, number>; api: number } {
  const [known] = stack.nodes;
  const offset = known === undefined ? 0 : known.port - (topology.nodes[known.name]?.port ?? known.port);
  const nodes = Object.fromEntries(
    Object.entries(topology.nodes).map(([name, { port }]) => [name, port + offset]),
  );
  return { nodes, api: stack.apiPort };
}

/** The role that the data in a node's volume gives it; undefined when there is no data yet. */
async function roleInData({ engine }: Operation, node: StackNode): Promise<Role | undefined> {
  const [initialised, standby] = await Promise.all([
    engine.fileExists(node.containerId, `${dataDirectory}/PG_VERSION`),
    engine.fileExists(node.containerId, standbySignalPath),
  ]);
  if (!initialised) return undefined;
  return standby ? 'replica' : 'primary';
}

/** Gives each container that was never started its files. Kept data decides who is the primary, not the topology. */
async function putFiles(
  operation: Operation,
  stack: Stack,
  topology: Topology,
  fresh: boolean,
): Promise<void> {
  const { engine } = operation;
  const postgres = stack.nodes.filter(({ kind }) => kind === 'postgres');
  const unstarted = stack.nodes.filter(({ state }) => state === 'created');
  if (unstarted.length === 0) return;
  const credentials: Credentials =
    (fresh
      ? undefined
      : await findCredentials(
          engine,
          postgres.map(({ containerId }) => containerId),
        )) ?? newCredentials();
  const kept = new Map<string, Role>();
  if (!fresh) {
    for (const node of postgres) {
      const role = await roleInData(operation, node);
      if (role !== undefined) kept.set(node.name, role);
    }
  }
  const keptPrimary = postgres.find(({ name }) => kept.get(name) === 'primary')?.name;
  await Promise.all(
    unstarted.map(async ({ name, containerId }) => {
      const node = topology.nodes[name];
      if (node === undefined) return;
      await engine.putFiles(
        containerId,
        kinds[node.kind].files({
          name,
          credentials,
          peers: postgres.map((peer) => peer.name).filter((peer) => peer !== name),
          writesTo: keptPrimary ?? (node.kind === 'haproxy' ? node.writesTo : ''),
          ...(node.kind === 'postgres'
            ? { role: kept.get(name) ?? (keptPrimary === undefined ? node.role : 'replica') }
            : {}),
        }),
      );
    }),
  );
}

async function startNode(
  { engine, clock, emit }: Operation,
  { name, containerId, kind, port }: StackNode,
): Promise<void> {
  await step(
    emit,
    clock.nowMs,
    { id: `start ${name}`, title: `start ${name}`, node: name, detail: () => `${kind} on port ${port}` },
    () => engine.startContainer(containerId),
  );
}

/**
 * Brings a stack up: images, network, containers, all side by side, then a verified write. On a stack that is
 * there already, it starts what is stopped. Run again after an interruption, it goes on.
 *
 * @throws USAGE, TOPOLOGY_INVALID, PORT_TAKEN before anything is created; NODE_FAILED, VERIFICATION_FAILED
 */
export async function up(operation: Operation, options: UpOptions): Promise<UpResult> {
  const { engine, clock, emit, signal } = operation;
  const startMs = clock.nowMs();
  if (!stackNamePattern.test(options.name)) {
    throw new HalabError('USAGE', `"${options.name}" is no name for a stack.`, {
      hint: stackNameRule,
    });
  }
  emit({ type: 'operation.started', operation: 'up', stack: options.name });
  const topology = await loadTopology(options.topology);
  const [found, volumes] = await Promise.all([
    findStack(engine, options.name),
    engine.listVolumes({ [label.stack]: options.name }),
    ensureImages(engine, operation, [...new Set(Object.values(topology.nodes).map(({ kind }) => kind))]),
  ]);
  if (found !== undefined) refuseOtherForm(found, topology, options);
  signal?.throwIfAborted();

  const stack = await createNodes(operation, options, found, topology);
  signal?.throwIfAborted();
  await putFiles(operation, stack, topology, volumes.length === 0);
  signal?.throwIfAborted();

  const leftStopped = found === undefined ? [] : await secondPrimaries(operation, stack);
  for (const name of leftStopped) {
    emit({
      type: 'note',
      severity: 'warning',
      message: `${name} stays stopped: it would start as a second primary.`,
    });
  }
  const toStart = stack.nodes.filter(({ state, name }) => state !== 'running' && !leftStopped.includes(name));
  await Promise.all(toStart.map((node) => startNode(operation, node)));
  signal?.throwIfAborted();

  const running = await getStack(engine, options.name);
  const credentials = await findCredentials(
    engine,
    running.nodes.filter(({ kind }) => kind === 'postgres').map(({ containerId }) => containerId),
  );
  if (credentials === undefined)
    throw new HalabError('STACK_INCOMPLETE', 'The credentials are not in any node.');
  const verification = await verifyStack(operation, running, stackAccess(engine, running, credentials));
  return {
    stack: options.name,
    topology: topology.name,
    created: stack.nodes
      .map(({ name }) => name)
      .filter((name) => found?.nodes.every((node) => node.name !== name) ?? true),
    started: toStart.map(({ name }) => name),
    leftStopped,
    verification,
    endpoints: running.nodes.map(({ name, kind, port }) => ({
      name,
      kind,
      address: `${engine.endpoint.publishAddress}:${port}`,
      purpose: purposeOf(kind, name === verification.writtenTo),
    })),
    durationMs: clock.nowMs() - startMs,
  };
}
