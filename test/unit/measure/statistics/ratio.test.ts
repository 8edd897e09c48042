import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ratioOfRounds, ratioOfRuns } from '../../../../src/measure/statistics/ratio.js';

const options = { seed: 1, resamples: 500 };
const positive = fc.double({ min: 0.1, max: 1000, noNaN: true });

describe('the ratio of two sides that took turns', () => {
  it('is the median of the ratios of the rounds, so that a round in which both were slow does not count', () => {
    const rounds = [10, 10, 10, 10, 10, 1].map((to) => ({ of: 5 * to, to }));
    expect(ratioOfRounds(rounds, options)).toEqual({
      ratio: 5,
      interval: { low: 5, high: 5, confidence: 0.95 },
    });
  });

  it('has no interval of fewer than six rounds', () => {
    const rounds = [1, 2, 3, 4, 5].map((of) => ({ of, to: 1 }));
    expect(ratioOfRounds(rounds, options)).toEqual({ ratio: 3, interval: null });
  });

  it('leaves out the rounds in which a side has no figure', () => {
    expect(
      ratioOfRounds(
        [
          { of: 2, to: 1 },
          { of: null, to: 1 },
          { of: 3, to: 0 },
        ],
        options,
      ),
    ).toEqual({ ratio: 2, interval: null });
    expect(ratioOfRounds([{ of: null, to: 1 }], options)).toBeNull();
    expect(ratioOfRounds([], options)).toBeNull();
  });

  it('lies within its interval, whatever the figures', () => {
    const rounds = fc.array(fc.record({ of: positive, to: positive }), { minLength: 6, maxLength: 12 });
    fc.assert(
      fc.property(rounds, (all) => {
        const { ratio, interval } = ratioOfRounds(all, options) ?? { ratio: Number.NaN, interval: null };
        expect(interval?.low).toBeLessThanOrEqual(ratio);
        expect(interval?.high).toBeGreaterThanOrEqual(ratio);
      }),
    );
  });
});

describe('the ratio of two runs', () => {
  it('is that of their medians, with an interval from both', () => {
    const of = [20, 22, 24, 26, 28, 30];
    const to = [10, 10, 10, 10, 10, 10];
    expect(ratioOfRuns(of, to, options)).toMatchObject({ ratio: 2.5 });
    const { low = 0, high = 0 } = ratioOfRuns(of, to, options)?.interval ?? {};
    expect(low).toBeGreaterThanOrEqual(2);
    expect(high).toBeLessThanOrEqual(3);
  });

  it('is 1 for a run and itself', () => {
    fc.assert(
      fc.property(fc.array(positive, { minLength: 1 }), (values) => {
        expect(ratioOfRuns(values, values, { seed: 1, resamples: 10 })?.ratio).toBe(1);
      }),
    );
  });

  it('is none when a run has no figure', () => {
    expect(ratioOfRuns([null], [1], options)).toBeNull();
    expect(ratioOfRuns([1], [], options)).toBeNull();
  });
});
