import type { ContainerSummary } from '../docker/engine.js';
import { label } from './labels.js';

export type Direction = 'both' | 'in' | 'out';

/** A node that is cut off from others, by a container beside it. */
export interface Partition {
  node: string;
  containerId: string;
  /** Empty: from everybody. */
  from: readonly string[];
  way: Direction;
}

/** The partitions that are in force: their containers run for as long. */
export const partitionsOf = (containers: readonly ContainerSummary[]): Partition[] =>
  containers.flatMap(({ id, state, labels }) => {
    const node = labels[label.partition];
    if (node === undefined || state !== 'running') return [];
    const from = labels[label.partitionFrom] ?? '';
    return [
      {
        node,
        containerId: id,
        from: from === '' ? [] : from.split(','),
        way: (labels[label.partitionWay] ?? 'both') as Direction,
      },
    ];
  });

const ways: Record<Direction, string> = {
  both: '',
  in: ', for what comes in',
  out: ', for what goes out',
};

/** `cut off from db-replica, for what goes out` */
export const describePartition = ({ from, way }: Partition): string =>
  `cut off from ${from.length === 0 ? 'everybody' : from.join(', ')}${ways[way]}`;
