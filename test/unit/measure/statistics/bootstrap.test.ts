import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bootstrap,
  confidenceInterval,
  repeatsNeeded,
} from '../../../../src/measure/statistics/bootstrap.js';
import { median } from '../../../../src/measure/statistics/percentile.js';

// The survival times of Efron and Tibshirani (An Introduction to the Bootstrap, 1993), table 2.1.
const treated = [94, 197, 16, 38, 99, 141, 23];

const meanOf = (values: Iterable<number>): number => {
  const all = [...values];
  return all.reduce((sum, value) => sum + value, 0) / all.length;
};
const meanStatistic = ([sample = new Float64Array()]: readonly Float64Array[]): number => meanOf(sample);
const medianStatistic = ([sample = new Float64Array()]: readonly Float64Array[]): number =>
  median(sample) ?? Number.NaN;

function deviation(values: Float64Array): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

describe('the bootstrap', () => {
  it('has the standard errors of the book for the mice that were treated: 23.36 of the mean, 37.83 of the median', () => {
    // Table 2.2 of Efron and Tibshirani, its last column. 2 % is five times the error of 40,000 resamples.
    const options = { seed: 1, resamples: 40_000 };
    expect(Math.abs(deviation(bootstrap([treated], meanStatistic, options)) / 23.36 - 1)).toBeLessThan(0.02);
    expect(Math.abs(deviation(bootstrap([treated], medianStatistic, options)) / 37.83 - 1)).toBeLessThan(
      0.02,
    );
  });

  it('of a median of three gives each value its exact share: 7, 13 and 7 of 27', () => {
    const values = bootstrap([[1, 2, 3]], medianStatistic, { seed: 2, resamples: 27_000 });
    const shareOf = (wanted: number): number => values.filter((value) => value === wanted).length / 1000;
    expect(shareOf(1)).toBeCloseTo(7, 0);
    expect(shareOf(2)).toBeCloseTo(13, 0);
    expect(shareOf(3)).toBeCloseTo(7, 0);
  });

  it('draws each sample by itself', () => {
    const difference = ([one = new Float64Array(), other = new Float64Array()]: readonly Float64Array[]) =>
      meanOf(one) - meanOf(other);
    expect([
      ...bootstrap(
        [
          [5, 5],
          [2, 2, 2],
        ],
        difference,
        { seed: 1, resamples: 3 },
      ),
    ]).toEqual([3, 3, 3]);
  });
});

describe('a confidence interval', () => {
  it('of a mean comes near the one of the normal distribution where there are many values', () => {
    // 100 values, 1 to 100: mean 50.5, standard error of the bootstrap sqrt((100² - 1) / 12 / 100) = 2.8866.
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    const found = confidenceInterval([values], meanStatistic, { seed: 3 });
    expect(found?.low).toBeCloseTo(50.5 - 1.96 * 2.8866, 0);
    expect(found?.high).toBeCloseTo(50.5 + 1.96 * 2.8866, 0);
    expect(found?.confidence).toBe(0.95);
  });

  it.each([
    [0.5, 2],
    [0.9, 5],
    [0.95, 6],
    [0.99, 8],
  ])('of %d needs %d repeats', (confidence, needed) => {
    expect(repeatsNeeded(confidence)).toBe(needed);
    const values = Array.from({ length: needed }, (_, index) => index);
    const options = { seed: 1, confidence, resamples: 100 };
    expect(confidenceInterval([values], medianStatistic, options)).not.toBeNull();
    expect(confidenceInterval([values.slice(1)], medianStatistic, options)).toBeNull();
  });

  it('is the same for the same seed', () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    const interval = (seed: number) => confidenceInterval([values], meanStatistic, { seed, resamples: 500 });
    expect(interval(1)).toEqual(interval(1));
    expect(interval(1)).not.toEqual(interval(2));
  });

  it('of a median lies within the values, and holds their median', () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 6, maxLength: 30 });
    fc.assert(
      fc.property(values, fc.integer(), (sample, seed) => {
        const found = confidenceInterval([sample], medianStatistic, { seed, resamples: 500 });
        expect(found?.low).toBeGreaterThanOrEqual(Math.min(...sample));
        expect(found?.high).toBeLessThanOrEqual(Math.max(...sample));
        expect(found?.low).toBeLessThanOrEqual(median(sample) ?? Number.NaN);
        expect(found?.high).toBeGreaterThanOrEqual(median(sample) ?? Number.NaN);
      }),
    );
  });

  it('is wider when more confidence is asked for', () => {
    const sample = Array.from({ length: 20 }, (_, index) => index ** 2);
    const width = (confidence: number): number => {
      const found = confidenceInterval([sample], meanStatistic, { seed: 5, confidence });
      return (found?.high ?? Number.NaN) - (found?.low ?? Number.NaN);
    };
    expect(width(0.99)).toBeGreaterThan(width(0.9));
  });
});
