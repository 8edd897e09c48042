import type { Engine } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import { step } from '../events/events.js';
import { kinds } from '../nodes/kinds.js';
import { label } from '../stack/labels.js';
import type { Direction } from '../stack/network-fault.js';
import { getNode, type StackNode } from '../stack/stack.js';
import type { Target } from './fault.js';
import { changeNetwork, refuseSecond } from './sidecar.js';

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

/**
 * Cuts a node off from others: packets are dropped, so that nobody hears of it, as in a real partition.
 *
 * @throws FAULT_IN_FORCE, NODE_NOT_FOUND before anything is changed; FAULT_FAILED
 */
export async function partition(target: Target, { from, way, atMostMs }: PartitionOptions): Promise<void> {
  const { operation, stack, node } = target;
  const { engine, clock, emit } = operation;
  const peers = from.map((name) => getNode(stack, name));
  refuseSecond(target, 'partition', 'cut off');
  const [witness] = (from.length === 0 ? stack.nodes : peers).filter(
    ({ name, kind, state }) => name !== node.name && kind !== 'api' && state === 'running',
  );
  const whom = from.length === 0 ? 'everybody' : from.join(', ');
  const about = { id: `partition ${node.name}`, title: `cut ${node.name} off from ${whom}`, node: node.name };
  const seconds = String(atMostMs === undefined ? 0 : Math.ceil(atMostMs / 1000));
  await step(emit, clock.nowMs, about, () =>
    changeNetwork(target, {
      fault: 'partition',
      labels: { [label.partitionFrom]: from.join(','), [label.partitionWay]: way },
      command: ['partition', way, seconds, ...from],
      prove: async (sidecar) => {
        if (witness !== undefined && (await reaches(engine, sidecar, witness)))
          throw new HalabError('FAULT_FAILED', `${node.name} reaches ${witness.name} still.`);
      },
    }),
  );
}
