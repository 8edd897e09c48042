import { describe, expect, it } from 'vitest';
import { seededRandom, xoshiro128 } from '../../../../src/measure/statistics/random.js';

const take = (count: number, next: () => number): number[] => Array.from({ length: count }, next);

describe('random numbers', () => {
  it('are those of the reference program of xoshiro128**', () => {
    // What xoshiro128starstar.c of Blackman and Vigna prints for the state 1, 2, 3, 4.
    expect(take(8, xoshiro128([1, 2, 3, 4]))).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849,
    ]);
  });

  it('are the same for the same seed, and others for the next one', () => {
    expect(take(5, seededRandom(7))).toEqual(take(5, seededRandom(7)));
    expect(take(5, seededRandom(7))).not.toEqual(take(5, seededRandom(8)));
  });

  it('lie from 0 to below 1, evenly: in each of ten parts a tenth', () => {
    const counts = new Array<number>(10).fill(0);
    for (const value of take(100_000, seededRandom(1))) {
      const part = Math.floor(value * 10);
      counts[part] = (counts[part] ?? 0) + 1;
    }
    expect(counts).toHaveLength(10);
    // Four standard deviations of a binomial count of 10,000.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(380);
  });
});
