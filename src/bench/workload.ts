import type { Random } from '../measure/statistics/random.js';
import type { ProductRequest } from './target.js';

/** Says what is asked next. */
export type Workload = () => ProductRequest;

const maxStock = 1_000_000;

interface WorkloadOptions {
  random: Random;
  /** The products that are read and updated. */
  ids: readonly string[];
}

const anyOf = ({ random, ids }: WorkloadOptions): string => ids[Math.floor(random() * ids.length)] ?? '';

/** Reads of any of the products, each as likely as another. */
export const readsOf =
  (options: WorkloadOptions): Workload =>
  () => ({ kind: 'read', id: anyOf(options) });

/** A new product each time. @param skuPrefix of this workload alone */
export function insertsOf(skuPrefix: string): Workload {
  let count = 0;
  return () => {
    count += 1;
    return { kind: 'insert', sku: `${skuPrefix}${count}` };
  };
}

/**
 * Reads of the products and updates of them, so that a write takes away what a cache holds.
 *
 * @param writeRatio share of updates, 0 to 1
 */
export const mixOf =
  (writeRatio: number, options: WorkloadOptions): Workload =>
  () =>
    options.random() < writeRatio
      ? { kind: 'update', id: anyOf(options), stock: Math.floor(options.random() * maxStock) }
      : { kind: 'read', id: anyOf(options) };
