import { describe, expect, it } from 'vitest';
import type { ProductRequest } from '../../../src/bench/target.js';
import { insertsOf, mixOf, readsOf, type Workload } from '../../../src/bench/workload.js';
import { seededRandom } from '../../../src/measure/statistics/random.js';

const ids = ['11', '12', '13', '14'];
const take = (count: number, next: Workload): ProductRequest[] => Array.from({ length: count }, next);

describe('a workload', () => {
  it('of reads asks for every product, each about as often', () => {
    const requests = take(4000, readsOf({ random: seededRandom(1), ids }));
    for (const id of ids) {
      const share = requests.filter((request) => request.kind === 'read' && request.id === id).length / 4000;
      expect(share).toBeGreaterThan(0.22);
      expect(share).toBeLessThan(0.28);
    }
  });

  it('is the same for the same seed: both sides of a round are asked the same', () => {
    const mix = (seed: number) => take(50, mixOf(0.5, { random: seededRandom(seed), ids }));
    expect(mix(3)).toEqual(mix(3));
    expect(mix(3)).not.toEqual(mix(4));
  });

  it.each([0, 0.1, 0.5, 1])('mixed with a share of %d writes has that share', (ratio) => {
    const requests = take(4000, mixOf(ratio, { random: seededRandom(2), ids }));
    const share = requests.filter(({ kind }) => kind === 'update').length / 4000;
    expect(Math.abs(share - ratio)).toBeLessThan(0.03);
  });

  it('of inserts has a sku of its own for each, that begins as it was told', () => {
    const skus = take(100, insertsOf('bench-a-')).map((request) =>
      request.kind === 'insert' ? request.sku : '',
    );
    expect(new Set(skus).size).toBe(100);
    expect(skus.every((sku) => sku.startsWith('bench-a-'))).toBe(true);
  });
});
