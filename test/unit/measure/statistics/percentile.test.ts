import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isSupported,
  median,
  percentile,
  samplesNeeded,
} from '../../../../src/measure/statistics/percentile.js';

const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
const oneTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('a percentile', () => {
  it.each([
    [0.5, 1],
    [0.9, 100],
    [0.95, 200],
    [0.99, 1000],
    [0.999, 10_000],
  ])('of share %d needs %d samples: ten beyond it', (share, needed) => {
    expect(samplesNeeded(share)).toBe(needed);
    expect(isSupported(share, needed)).toBe(true);
    expect(isSupported(share, needed - 1)).toBe(false);
  });

  it('is null where the sample does not support it, and never the maximum under another name', () => {
    expect(percentile(oneTo(999), 0.99)).toBeNull();
    expect(percentile(oneTo(1000), 0.99)).toBe(990);
    expect(percentile([], 0.5)).toBeNull();
  });

  it('is a value that was observed, with its share of all at or below it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 200, maxLength: 400 }),
        fc.constantFrom(0.25, 0.5, 0.75, 0.9, 0.95),
        (values, share) => {
          const found = percentile(values, share) ?? Number.NaN;
          expect(values).toContain(found);
          const atOrBelow = values.filter((value) => value <= found).length;
          const below = values.filter((value) => value < found).length;
          expect(atOrBelow).toBeGreaterThanOrEqual(values.length * share - 1e-6);
          expect(below).toBeLessThan(values.length * share + 1e-6);
        },
      ),
    );
  });
});

describe('a median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
    // The survival times of the mice of Efron and Tibshirani (1993), table 2.1, in days.
    [[94, 197, 16, 38, 99, 141, 23], 94],
    [[52, 104, 146, 10, 51, 30, 40, 27, 46], 46],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('of nothing is null', () => {
    expect(median([])).toBeNull();
  });

  it('of two values is between them, however large they are', () => {
    expect(median([2 ** 1023, 1.5 * 2 ** 1023])).toBe(1.25 * 2 ** 1023);
    expect(median([-(2 ** 1023), 2 ** 1023])).toBe(0);
  });

  it('has as many values below it as above, and does not depend on their order', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const middle = median(values) ?? Number.NaN;
        expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2);
        expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2);
        expect(median(values.toReversed())).toBe(middle);
      }),
    );
  });
});
