import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { step } from '../events/events.js';
import { openSession } from '../nodes/postgres/client.js';
import { readServerState } from '../nodes/postgres/server-state.js';
import { createSlots } from '../nodes/postgres/slots.js';
import { changeQuorum } from '../nodes/postgres/sync.js';
import { openAccess } from '../stack/access.js';
import { createNodes, furnishNodes } from '../stack/create-nodes.js';
import { nameNodes } from '../stack/fit-proxy.js';
import { label, volumeName } from '../stack/labels.js';
import type { Operation } from '../stack/operation.js';
import { startContainer } from '../stack/ports.js';
import { readProxyConfig } from '../stack/proxy.js';
import { countReplicas, maxReplicas, nextReplicaName, topologyOf, withReplica } from '../stack/replicas.js';
import { getNode, getStack, onlyNode, type Stack } from '../stack/stack.js';
import { waitUntilReady } from '../stack/verify.js';
import { findPrimary } from './rejoin-primary.js';

/** A base backup copies the whole cluster. */
const copyTimeoutMs = 600_000;

export interface AddReplicaResult {
  added: string;
  /** The node that it was copied from and follows. */
  primary: string;
  port: number;
  /** Replicas that stream from the primary now. */
  streamingReplicas: number;
  durationMs: number;
  next: string[];
}

/** @throws USAGE for a name that no node may have; NODE_EXISTS, TOO_MANY_REPLICAS */
function checkName(stack: Stack, name: string, databases: readonly string[]): void {
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name) || /^api-\d+$/.test(name)) {
    throw new HalabError('USAGE', `"${name}" is no name for a replica.`, {
      hint: 'Use lower-case letters, digits and hyphens, beginning with a letter, and not api-1 and the like.',
    });
  }
  const known = stack.nodes.find((node) => node.name === name);
  // One whose container was never started was left by this command, which goes on with it.
  if (known?.kind === 'postgres' && known.state === 'created') return;
  const has = countReplicas(topologyOf(stack));
  if (known === undefined && has >= maxReplicas) {
    throw new HalabError('TOO_MANY_REPLICAS', `The stack ${stack.name} has ${has} replicas.`, {
      hint: `Take one away first: ${typed(stack.name, 'replica remove NODE')}.`,
    });
  }
  if (known === undefined && !databases.includes(name)) return;
  throw new HalabError('NODE_EXISTS', `The stack ${stack.name} has a node named ${name} already.`, {
    hint: `Choose another name, or none. What is missing of it, up makes: ${typed(stack.name, 'up')}.`,
  });
}

/**
 * Adds a replica to a stack that runs: a slot on the primary, a container that begins with a base backup, and its name
 * in haproxy.cfg. Run again after an interruption, it goes on.
 *
 * @param wanted its name; the next `db-replica-…` when it is left out
 * @throws USAGE, NODE_EXISTS, TOO_MANY_REPLICAS, NO_PRIMARY, PORT_TAKEN before anything is created; NODE_FAILED, PROXY_CONFIG_INVALID
 */
export async function addReplica(
  operation: Operation,
  stackName: string,
  wanted: string | undefined,
): Promise<AddReplicaResult> {
  const { engine, clock, emit, signal } = operation;
  const startMs = clock.nowMs();
  emit({ type: 'operation.started', operation: 'replica add', stack: stackName });
  const before = await getStack(engine, stackName);
  const [config, access, volumes] = await Promise.all([
    readProxyConfig(engine, onlyNode(before, 'haproxy')),
    openAccess(engine, before),
    engine.listVolumes({ [label.stack]: stackName }),
  ]);
  const name = wanted ?? nextReplicaName([...before.nodes.map((node) => node.name), ...config.databases]);
  checkName(before, name, config.databases);
  const primary = await findPrimary(operation, before, access, { name });
  const topology = await withFreePort(operation, before, name);
  const left = volumeName(stackName, name);
  const isNew = before.nodes.every((node) => node.name !== name);
  // What a removal that was cut off left: a replica begins with a copy.
  if (isNew && volumes.some((volume) => volume.name === left)) await engine.removeVolume(left);

  await step(
    emit,
    clock.nowMs,
    { id: 'slot', title: `slot for ${name}`, node: primary.node.name },
    async () => {
      await using session = await openSession(access.postgres(primary.node, 'postgres'));
      await createSlots(session, [{ name }]);
    },
  );
  const stack = await createNodes(operation, { name: stackName, ports: { offset: 0 } }, topology, before);
  await furnishNodes(operation, stack, topology, { keptData: true, proxied: primary.node.name });
  signal?.throwIfAborted();
  const node = getNode(stack, name);
  await step(emit, clock.nowMs, { id: 'start', title: `start ${name}`, node: name }, () =>
    startContainer(engine, node),
  );
  const running = { ...node, state: 'running' as const };
  const standbys = await step(
    emit,
    clock.nowMs,
    { id: 'copy', title: `base backup from ${primary.node.name}, until it streams`, node: name },
    () =>
      waitUntilReady(
        operation,
        running,
        async () => {
          const state = await readServerState(access.postgres(primary.node, 'monitor'));
          const streaming = state.standbys.filter((standby) => standby.state === 'streaming');
          return streaming.some((standby) => standby.name === name) ? streaming : undefined;
        },
        copyTimeoutMs,
      ),
  );
  await nameNodes(operation, stack, config);
  await using session = await openSession(access.postgres(primary.node, 'postgres'));
  await changeQuorum(session, (replicas) => [...replicas, name]);
  return {
    added: name,
    primary: primary.node.name,
    port: node.port,
    streamingReplicas: standbys.length,
    durationMs: clock.nowMs() - startMs,
    next: [typed(stackName, 'status')],
  };
}

/** The stack's nodes and the new replica, on the next port after the others that is free. */
async function withFreePort(
  { engine }: Operation,
  stack: Stack,
  name: string,
): Promise<ReturnType<typeof topologyOf>> {
  const { isFree, isLocal } = await import('../stack/ports.js');
  const topology = topologyOf(stack);
  if (name in topology.nodes) return topology;
  let grown = withReplica(topology, name);
  for (;;) {
    const port = grown.nodes[name]?.port ?? 0;
    if (!isLocal(engine) || (await isFree(port, engine.endpoint.publishAddress))) return grown;
    grown = withReplica(topology, name, port + 1);
  }
}
