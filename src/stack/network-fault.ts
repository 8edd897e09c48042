import type { ContainerSummary, Labels } from '../docker/engine.js';
import { label } from './labels.js';

export type Direction = 'both' | 'in' | 'out';

/** Packets to and from others are dropped. */
interface Partition {
  fault: 'partition';
  /** Empty: everybody. */
  from: readonly string[];
  way: Direction;
}

/** What the node sends leaves it later. */
interface Slowness {
  fault: 'slow';
  delayMs: number;
}

/** What is done to the network of a node, by a container beside it. */
export type NetworkFault = (Partition | Slowness) & { node: string; containerId: string };

const faultIn = (labels: Labels): Partition | Slowness => {
  const delayMs = labels[label.slowMs];
  if (delayMs !== undefined) return { fault: 'slow', delayMs: Number(delayMs) };
  const from = labels[label.partitionFrom] ?? '';
  return {
    fault: 'partition',
    from: from === '' ? [] : from.split(','),
    way: (labels[label.partitionWay] ?? 'both') as Direction,
  };
};

/** The faults that are in force: their containers run for as long. */
export const networkFaultsOf = (containers: readonly ContainerSummary[]): NetworkFault[] =>
  containers.flatMap(({ id, state, labels }) => {
    const node = labels[label.networkFault];
    return node === undefined || state !== 'running' ? [] : [{ ...faultIn(labels), node, containerId: id }];
  });

const ways: Record<Direction, string> = {
  both: '',
  in: ', for what comes in',
  out: ', for what goes out',
};

/** `cut off from db-replica, for what goes out`; `slow by 100 ms` */
export function describeNetworkFault(fault: Partition | Slowness): string {
  if (fault.fault === 'slow') return `slow by ${fault.delayMs} ms`;
  const { from, way } = fault;
  return `cut off from ${from.length === 0 ? 'everybody' : from.join(', ')}${ways[way]}`;
}
