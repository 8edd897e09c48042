import { waitUntil } from '../clock/wait-until.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { step } from '../events/events.js';
import { kinds } from '../nodes/kinds.js';
import { openSession } from '../nodes/postgres/client.js';
import { dropSlot } from '../nodes/postgres/slots.js';
import { changeQuorum } from '../nodes/postgres/sync.js';
import { openAccess } from '../stack/access.js';
import { letGoOfVolume } from '../stack/disk-limit.js';
import { nameNodes } from '../stack/fit-proxy.js';
import { volumeName } from '../stack/labels.js';
import type { Operation } from '../stack/operation.js';
import { readProxyConfig } from '../stack/proxy.js';
import { getNode, getStack, nodesOfKind, onlyNode } from '../stack/stack.js';
import { hasEnded, stopContainer } from '../stack/stop-container.js';
import { findPrimary } from './rejoin-primary.js';

/** A walsender whose replica was killed notices within wal_sender_timeout. */
const slotTimeoutMs = 15_000;

export interface RemoveReplicaResult {
  removed: string;
  /** Replicas that the stack still has, running or not. */
  replicasLeft: string[];
  durationMs: number;
  next: string[];
}

/**
 * Takes a replica out of a stack, with its data: out of haproxy.cfg first, so that no read is sent to it; then its
 * server, its slot on the primary, its container and its volume. Run again after an interruption, it goes on.
 *
 * @throws NODE_NOT_FOUND, REMOVE_PRIMARY, NO_PRIMARY before anything is changed; PROXY_CONFIG_INVALID
 */
export async function removeReplica(
  operation: Operation,
  stackName: string,
  name: string,
): Promise<RemoveReplicaResult> {
  const { engine, clock, emit } = operation;
  const startMs = clock.nowMs();
  emit({ type: 'operation.started', operation: 'replica remove', stack: stackName });
  const stack = await getStack(engine, stackName);
  const node = getNode(stack, name, 'postgres');
  const [config, access] = await Promise.all([
    readProxyConfig(engine, onlyNode(stack, 'haproxy')),
    openAccess(engine, stack),
  ]);
  const refusal = new HalabError(
    'REMOVE_PRIMARY',
    `${name} is the primary: its data is the data of the stack.`,
    {
      hint: `Promote a replica first: ${typed(stackName, 'failover --promote')}. To remove all: ${typed(stackName, 'down')}.`,
    },
  );
  if (config.writesTo === name) throw refusal;
  const primary = await findPrimary(operation, stack, access, node).catch((error: unknown) => {
    throw error instanceof HalabError && error.code === 'REJOIN_PRIMARY' ? refusal : error;
  });

  const left = { ...stack, nodes: stack.nodes.filter((each) => each !== node) };
  await nameNodes(operation, left, config);
  await step(emit, clock.nowMs, { id: 'remove', title: `remove ${name}`, node: name }, async () => {
    await using session = await openSession(access.postgres(primary.node, 'postgres'));
    // Before it is stopped: writes would wait for its answer.
    await changeQuorum(session, (replicas) => replicas.filter((each) => each !== name));
    if (!hasEnded(node)) await stopContainer(engine, node, kinds.postgres.stopGraceS);
    // In use until its walsender has noticed that the replica is gone.
    await waitUntil(
      async () => {
        await dropSlot(session, name);
        return true;
      },
      {
        clock,
        timeoutMs: slotTimeoutMs,
        intervalMs: 30,
        onTimeout: (error) =>
          error instanceof Error ? error : new Error(`The slot of ${name} stayed in use.`),
      },
    );
    await engine.removeContainer(node.containerId);
    await letGoOfVolume(operation, stackName, name);
    await engine.removeVolume(volumeName(stackName, name));
  });
  const replicasLeft = nodesOfKind(left, 'postgres')
    .map((each) => each.name)
    .filter((each) => each !== primary.node.name);
  return {
    removed: name,
    replicasLeft,
    durationMs: clock.nowMs() - startMs,
    next: [typed(stackName, replicasLeft.length === 0 ? 'replica add' : 'status')],
  };
}
