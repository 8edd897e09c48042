import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../../../src/measure/statistics/latency-histogram.js';

function histogramOf(valuesMs: Iterable<number>): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const valueMs of valuesMs) histogram.record(valueMs);
  return histogram;
}

const oneTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Three significant digits, and a whole number of microseconds. */
const within = (expectedMs: number): { min: number; max: number } => ({
  min: expectedMs - 0.0005 - 1e-9,
  max: expectedMs * 1.001 + 0.0015,
});

describe('latencies', () => {
  it('of 1 to 10,000 ms have the percentiles of those numbers, to three digits', () => {
    const { count, p50Ms, p90Ms, p99Ms, p999Ms, maxMs } = histogramOf(oneTo(10_000)).summary();
    expect(count).toBe(10_000);
    for (const [found, expected] of [
      [p50Ms, 5000],
      [p90Ms, 9000],
      [p99Ms, 9900],
      [p999Ms, 9990],
      [maxMs, 10_000],
    ] as const) {
      expect(found).toBeGreaterThanOrEqual(within(expected).min);
      expect(found).toBeLessThanOrEqual(within(expected).max);
    }
  });

  it('tell no percentile that they are too few for', () => {
    expect(histogramOf(oneTo(99)).summary()).toMatchObject({ count: 99, p90Ms: null, p99Ms: null });
    expect(histogramOf(oneTo(1000)).summary()).toMatchObject({
      p99Ms: expect.any(Number) as number,
      p999Ms: null,
    });
    expect(histogramOf([]).summary()).toEqual({
      count: 0,
      p50Ms: null,
      p90Ms: null,
      p99Ms: null,
      p999Ms: null,
      maxMs: null,
    });
  });

  it('are kept when they are shorter than nothing or longer than an hour', () => {
    expect(histogramOf([-1]).maxMs).toBe(0);
    expect(histogramOf([1e12]).maxMs).toBeGreaterThanOrEqual(3_600_000);
  });

  it('of two runs are the same together as of one run that had them all', () => {
    const latencies = fc.array(fc.double({ min: 0, max: 60_000, noNaN: true }));
    fc.assert(
      fc.property(latencies, latencies, (some, others) => {
        const together = histogramOf(some);
        together.add(histogramOf(others));
        expect(together.summary()).toEqual(histogramOf([...some, ...others]).summary());
      }),
    );
  });

  it('are told no lower than they were, and at most by 0.1 % and a microsecond higher', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 3_000_000, noNaN: true }), (valueMs) => {
        const { p50Ms } = histogramOf([valueMs]).summary();
        expect(p50Ms).toBeGreaterThanOrEqual(within(valueMs).min);
        expect(p50Ms).toBeLessThanOrEqual(within(valueMs).max);
      }),
    );
  });
});
