import { waitUntil } from '../clock/wait-until.js';
import type { Engine } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { step } from '../events/events.js';
import { kinds } from '../nodes/kinds.js';
import { imageTag } from '../stack/images.js';
import { containerName, label, stackLabels } from '../stack/labels.js';
import type { Direction } from '../stack/partition.js';
import { getNode, type StackNode } from '../stack/stack.js';
import type { Target } from './fault.js';

const program = '/usr/local/lib/halab/partition';
const startTimeoutMs = 10_000;
/** On the engine's bridge a living peer answers within a millisecond. */
const connectTimeoutS = 0.5;

export interface PartitionOptions {
  /** The nodes it is cut off from; empty: everybody, the host too. */
  from: readonly string[];
  way: Direction;
  /** After this time it ends by itself, should nobody end it before. */
  atMostMs: number | undefined;
}

/** Whether a connection from inside the network of a container reaches a node. */
const reaches = async (engine: Engine, sidecar: string, { name, kind }: StackNode): Promise<boolean> => {
  const address = `TCP4:${name}:${kinds[kind].port},connect-timeout=${connectTimeoutS}`;
  return (await engine.exec(sidecar, ['socat', '-u', '/dev/null', address])).exitCode === 0;
};

/** @throws FAULT_FAILED */
async function untilInForce(
  { operation: { engine, clock, signal }, node }: Target,
  sidecar: string,
): Promise<void> {
  await waitUntil(
    async () => {
      const lines = await engine.tailLogs(sidecar, 5);
      if (lines.some((line) => line.includes('in force'))) return true;
      if ((await engine.containerState(sidecar)) !== 'exited') return undefined;
      throw new HalabError('FAULT_FAILED', `The packet filter of ${node.name} took no rules.`, { lines });
    },
    {
      clock,
      timeoutMs: startTimeoutMs,
      intervalMs: 20,
      signal,
      isFinal: (error) => error instanceof HalabError,
      onTimeout: () =>
        new HalabError('FAULT_FAILED', `The packet filter of ${node.name} took no rules in time.`),
    },
  );
}

/**
 * Cuts a node off from others: packets are dropped, so that nobody hears of it, as in a real partition. A container
 * beside the node does it, and its being there is what tells of the fault.
 *
 * @throws FAULT_IN_FORCE, NODE_NOT_FOUND before anything is changed; FAULT_FAILED
 */
export async function partition(target: Target, { from, way, atMostMs }: PartitionOptions): Promise<void> {
  const { operation, stack, node } = target;
  const { engine, clock, emit } = operation;
  const peers = from.map((name) => getNode(stack, name));
  if (stack.partitions.some((each) => each.node === node.name)) {
    throw new HalabError('FAULT_IN_FORCE', `${node.name} is cut off already.`, {
      hint: `End that first: ${typed(stack.name, `heal ${node.name}`)}.`,
    });
  }
  const asked = (from.length === 0 ? stack.nodes : peers).filter(
    ({ name, kind, state }) => name !== node.name && kind !== 'api' && state === 'running',
  );
  const [witness] = asked;
  const whom = from.length === 0 ? 'everybody' : from.join(', ');
  const about = { id: `partition ${node.name}`, title: `cut ${node.name} off from ${whom}`, node: node.name };
  await step(emit, clock.nowMs, about, async () => {
    const sidecar = await engine.createSidecar({
      name: `${containerName(stack.name, node.name)}-partition-${clock.date().getTime()}`,
      image: imageTag('haproxy'),
      labels: {
        ...stackLabels(stack.name),
        [label.partition]: node.name,
        [label.partitionFrom]: from.join(','),
        [label.partitionWay]: way,
      },
      besideId: node.containerId,
      command: [program, way, String(atMostMs === undefined ? 0 : Math.ceil(atMostMs / 1000)), ...from],
    });
    try {
      await engine.startContainer(sidecar);
      await untilInForce(target, sidecar);
      if (witness !== undefined && (await reaches(engine, sidecar, witness)))
        throw new HalabError('FAULT_FAILED', `${node.name} reaches ${witness.name} still.`);
    } catch (error) {
      await engine.removeContainer(sidecar);
      throw error;
    }
  });
}

/** The sidecar takes its rules along. */
export async function endPartition({ operation: { engine }, stack, node }: Target): Promise<void> {
  for (const { node: name, containerId } of stack.partitions) {
    if (name !== node.name) continue;
    await engine.stopContainer(containerId, 5);
    await engine.removeContainer(containerId);
  }
}
