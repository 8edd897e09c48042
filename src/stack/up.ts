import { waitUntil } from '../clock/wait-until.js';
import type { Engine } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import { step } from '../events/events.js';
import type { Credentials } from '../nodes/credentials.js';
import type { ReadConfig } from '../nodes/haproxy/config.js';
import { kinds } from '../nodes/kinds.js';
import type { KindName } from '../nodes/node-kind.js';
import type { SyncMode } from '../nodes/postgres/sync.js';
import { stackAccess } from './access.js';
import { countInstances, withInstances } from './api-instances.js';
import { type CreateOptions, createNodes, furnishNodes } from './create-nodes.js';
import { refuseLostDisks } from './disk-limit.js';
import { isSurplus, keepWhatFits, nameNodes, removeSurplus } from './fit-proxy.js';
import { ensureImages } from './images.js';
import { label, stackNamePattern, stackNameRule } from './labels.js';
import type { Operation } from './operation.js';
import type { Topology } from './parse-topology.js';
import { withPooler } from './pooler.js';
import { type PortChoice, startContainer } from './ports.js';
import { readProxyConfig } from './proxy.js';
import { refuseOtherForm, refuseOtherLimit } from './refuse-other-form.js';
import { countReplicas, refuseFewer, withReplicas, withReplicasOf } from './replicas.js';
import { secondPrimaries } from './second-primary.js';
import { findStack, nodesOfKind, type Stack, type StackNode } from './stack.js';
import { loadTopology } from './topology.js';
import type { Verification } from './verify.js';

/** More than the engine takes to make a container, however busy it is. */
const settleTimeoutMs = 5000;

export interface UpOptions {
  name: string;
  /** A shipped topology's name, or a file. */
  topology: string;
  ports: PortChoice;
  /** Instances of the API behind HAProxy: as many as there are, or as the topology says, when it is left out. */
  api?: number | undefined;
  /** Replicas: as many as there are, or as the topology says, when it is left out. */
  replicas?: number | undefined;
  /** Whether PgBouncer is before the proxy: as so far, or as the topology says, when it is left out. */
  pooler?: boolean | undefined;
  /** When commits are acknowledged; as so far when it is left out. */
  sync?: SyncMode | undefined;
  /** Size of the volumes of PostgreSQL nodes that are made now; as the others have it when it is left out. */
  diskLimitBytes?: number | undefined;
  /** The lab that asks, and may replace the stack later. */
  lab?: string;
}

export interface UpResult {
  stack: string;
  topology: string;
  /** Nodes whose containers were made, and nodes that were started, by this run. */
  created: string[];
  started: string[];
  /** Instances of the API that are no longer wanted. */
  removed: string[];
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
      return isPrimary ? 'primary' : 'replica';
    case 'haproxy':
      return 'writes, to whichever node is the primary';
    case 'redis':
      return 'cache';
    case 'pgbouncer':
      return 'writes, through a pool of connections';
    case 'api':
      return 'the products API, through HAProxy';
  }
}

/** Stack and credentials once every container is there and has its files. */
interface Prepared {
  stack: Stack;
  credentials: Credentials;
}

/** What the engine answers while it still makes containers for an `up` that was killed. */
const isUnsettled = (error: unknown): boolean =>
  error instanceof HalabError && ['STACK_EXISTS', 'STACK_INCOMPLETE'].includes(error.code);

/**
 * Makes the containers that are missing and gives each its files. While the engine is still at work for an `up`
 * that was killed, a name is taken before its container can be found, and a container is listed before it can be
 * written to: then it is tried again.
 */
async function prepareNodes(
  operation: Operation,
  options: CreateOptions,
  topology: Topology,
  { found, keptData, proxied }: { found: Stack | undefined; keptData: boolean; proxied: string | undefined },
): Promise<Prepared> {
  const { engine, clock, signal } = operation;
  const attempt = async (known: Stack | undefined, hasData: boolean): Promise<Prepared> => {
    const stack = await createNodes(operation, options, topology, known);
    signal?.throwIfAborted();
    const credentials = await furnishNodes(operation, stack, topology, { keptData: hasData, proxied });
    return { stack, credentials };
  };
  try {
    return await attempt(found, keptData);
  } catch (error) {
    if (!isUnsettled(error)) throw error;
    const again = async (): Promise<Prepared> => {
      const volumes = await engine.listVolumes({ [label.stack]: options.name });
      return await attempt(await findStack(engine, options.name), volumes.length > 0);
    };
    return await waitUntil(again, {
      clock,
      timeoutMs: settleTimeoutMs,
      intervalMs: 100,
      signal,
      isFinal: (latest) => !isUnsettled(latest),
      onTimeout: (latest) => (latest instanceof Error ? latest : (error as Error)),
    });
  }
}

/**
 * Starts nodes side by side; PostgreSQL before the others, because it has the most to do between the start of its
 * container and its first answer.
 */
async function startNodes({ engine, clock, emit }: Operation, nodes: readonly StackNode[]): Promise<void> {
  const start = (node: StackNode): Promise<void> => {
    const { name, kind, port } = node;
    const detail = (): string => `${kind} on port ${port}`;
    return step(emit, clock.nowMs, { id: `start ${name}`, title: `start ${name}`, node: name, detail }, () =>
      startContainer(engine, node),
    );
  };
  await Promise.all(nodes.filter(({ kind }) => kind === 'postgres').map(start));
  await Promise.all(nodes.filter(({ kind }) => kind !== 'postgres').map(start));
}

/** The stack as it is, and what its HAProxy was told last. */
async function findWithConfig(
  engine: Engine,
  name: string,
): Promise<{ found: Stack | undefined; config: Awaited<ReturnType<typeof readProxyConfig>> }> {
  const found = await findStack(engine, name);
  const [haproxy] = found === undefined ? [] : nodesOfKind(found, 'haproxy');
  const config =
    haproxy === undefined ? { databases: [], apiInstances: [] } : await readProxyConfig(engine, haproxy);
  return { found, config };
}

/** A stack keeps its instances, those as well whose container is gone while HAProxy still names them. */
const instancesSoFar = (
  { api }: Topology,
  found: Stack | undefined,
  { apiInstances }: { apiInstances: readonly string[] },
): number =>
  found === undefined ? (api.instances ?? 0) : Math.max(countInstances(found), apiInstances.length);

/** @throws STACK_EXISTS when the stack has more replicas than are asked for */
function replicasWanted(
  described: Topology,
  found: Stack | undefined,
  config: Pick<ReadConfig, 'databases'>,
  { replicas }: UpOptions,
): Topology {
  const soFar = found === undefined ? described : withReplicasOf(described, found, config);
  if (replicas === undefined) return soFar;
  if (found !== undefined) refuseFewer(found.name, countReplicas(soFar), replicas);
  return withReplicas(soFar, replicas);
}

/** The kinds in a topology whose images are built when a stack asks for them. */
const onDemandKinds = ({ nodes }: Topology): KindName[] =>
  [...new Set(Object.values(nodes).map(({ kind }) => kind))].filter((kind) => kinds[kind].image.onDemand);

const isAmong = (nodes: readonly StackNode[], { containerId }: StackNode): boolean =>
  nodes.some((node) => node.containerId === containerId);

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
  const described = await loadTopology(options.topology);
  const [{ found, config }, volumes] = await Promise.all([
    findWithConfig(engine, options.name),
    engine.listVolumes({ [label.stack]: options.name }),
    ensureImages(engine, operation, [...new Set(Object.values(described.nodes).map(({ kind }) => kind))]),
  ]);
  if (found !== undefined) {
    refuseOtherLimit(found, options.diskLimitBytes);
    await refuseLostDisks(operation, options.name);
  }
  const grown = withPooler(replicasWanted(described, found, config, options), found, options.pooler);
  if (found !== undefined) refuseOtherForm(found, withInstances(grown, countInstances(found)), options.ports);
  const topology = withInstances(grown, options.api ?? instancesSoFar(described, found, config));
  await ensureImages(engine, operation, onDemandKinds(topology));
  signal?.throwIfAborted();

  const kept = found === undefined ? undefined : await keepWhatFits(operation, found, topology);
  const { stack, credentials } = await prepareNodes(
    operation,
    { ...options, soFar: found?.nodes ?? [] },
    topology,
    {
      found: kept,
      keptData: volumes.length > 0,
      proxied: config.writesTo,
    },
  );
  signal?.throwIfAborted();
  await nameNodes(operation, stack, config);
  const surplus = (found?.nodes ?? []).filter((node) => isSurplus(node, topology));

  const leftStopped = found === undefined ? [] : await secondPrimaries(operation, stack);
  for (const name of leftStopped) {
    emit({
      type: 'note',
      severity: 'warning',
      message: `${name} stays stopped: it would start as a second primary.`,
    });
  }
  const toStart = stack.nodes.filter(({ state, name }) => state !== 'running' && !leftStopped.includes(name));
  // It loads pg and ioredis: 60 ms, spent while the engine starts the containers.
  const [{ verifyStack }] = await Promise.all([import('./verify.js'), startNodes(operation, toStart)]);
  await removeSurplus(operation, surplus);
  signal?.throwIfAborted();

  const running = {
    ...stack,
    nodes: stack.nodes.map((node) =>
      toStart.includes(node) ? { ...node, state: 'running' as const } : node,
    ),
  };
  const access = stackAccess(engine, running, credentials);
  const added = stack.nodes.filter((node) => !isAmong(found?.nodes ?? [], node));
  if (found !== undefined) {
    const { keepWalFor } = await import('./keep-wal.js');
    await keepWalFor(operation, running, access, { primary: config.writesTo, nodes: added });
  }
  const sync = async (primary: string, mode: SyncMode): Promise<void> => {
    const { applySync } = await import('./sync.js');
    await applySync(operation, running, access, { primary, mode });
  };
  // First, because a write that waits for a replica that is away verifies nothing.
  if (options.sync === 'off' && config.writesTo !== undefined) await sync(config.writesTo, 'off');
  const verification = await verifyStack(operation, running, access);
  if (options.sync !== undefined) await sync(verification.writtenTo, options.sync);
  return {
    stack: options.name,
    topology: topology.name,
    created: added.map(({ name }) => name),
    started: toStart.map(({ name }) => name),
    removed: surplus.map(({ name }) => name),
    leftStopped,
    verification,
    endpoints: running.nodes.flatMap(({ name, kind, port, readPort }) => {
      const at = (where: number, purpose: string): UpResult['endpoints'][number] => ({
        name,
        kind,
        address: `${engine.endpoint.publishAddress}:${where}`,
        purpose,
      });
      return [
        at(port, purposeOf(kind, name === verification.writtenTo)),
        ...(readPort === null ? [] : [at(readPort, 'reads, from a replica while there is one')]),
      ];
    }),
    durationMs: clock.nowMs() - startMs,
  };
}
