import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairsOf } from '../../../src/bench/bench.js';
import { bottlenecksOf } from '../../../src/bench/bottleneck.js';
import { turnsOf } from '../../../src/bench/round.js';
import { figuresOf, gainsOf, sideResult } from '../../../src/bench/summarise.js';
import { type RoundOutline, roundOf } from './rounds.js';

describe('the rounds of a side', () => {
  it('are summed up: counts added, throughput as a median, queries by all requests', () => {
    const rounds = [
      roundOf({ perSecond: 500, queries: 100, requests: 200, failed: 2, cpu: 0.2 }),
      roundOf({ perSecond: 900, queries: 300, requests: 200, failed: 1, cpu: 0.5 }),
      roundOf({ perSecond: 600, queries: 200, requests: 200, cpu: 0.1 }),
    ];
    const figures = figuresOf(rounds);
    expect(figures).toMatchObject({
      throughputPerSecond: 600,
      rateAskedPerSecond: 1000,
      rateAchievedPerSecond: 990,
      errors: { 'HTTP 503': 3 },
      sources: { cache: 0, replica: 3000, primary: 0 },
      database: { queries: 600, requests: 600, perRequest: 1 },
      generator: { heldBack: 0, notSent: 0, cpu: 0.5 },
    });
    expect(figures.latency.count).toBe(3000);
  });

  it('have in all as many latencies and errors as each by itself', () => {
    const outline = fc.record({ count: fc.integer({ min: 1, max: 200 }), failed: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(outline, { minLength: 1, maxLength: 5 }), (outlines: RoundOutline[]) => {
        const { latency, errors, rounds } = sideResult('one', outlines.map(roundOf));
        const sum = (values: number[]): number => values.reduce((all, value) => all + value, 0);
        expect(latency.count).toBe(sum(rounds.map((round) => round.latency.count)));
        expect(errors['HTTP 503'] ?? 0).toBe(sum(rounds.map((round) => round.errors['HTTP 503'] ?? 0)));
      }),
    );
  });

  it('without an answer have no throughput and no percentile', () => {
    const figures = figuresOf([roundOf({ count: 0, perSecond: 0 })]);
    expect(figures).toMatchObject({
      throughputPerSecond: null,
      latency: { count: 0, p50Ms: null, maxMs: null },
    });
  });
});

describe('a gain', () => {
  const slow = sideResult(
    'no cache',
    [1, 2, 3, 4, 5, 6].map((n) => roundOf({ perSecond: 100 * n, latencyMs: 4 })),
  );
  const fast = sideResult(
    'cache',
    [1, 2, 3, 4, 5, 6].map((n) => roundOf({ perSecond: 700 * n, latencyMs: 1 })),
  );

  it('is that of the same round, so that a machine that is slower in one of them does not count', () => {
    const gains = gainsOf([slow, fast], [{ side: 'cache', to: 'no cache' }], 1);
    expect(gains).toContainEqual({
      side: 'cache',
      to: 'no cache',
      metric: 'throughputPerSecond',
      ratio: 7,
      interval: { low: 7, high: 7, confidence: 0.95 },
    });
    const p50 = gains.find(({ metric }) => metric === 'p50Ms');
    expect(p50?.ratio).toBeCloseTo(0.25, 2);
  });

  it('is told of what was measured only', () => {
    const silent = sideResult('silent', [roundOf({ count: 0, perSecond: 0 })]);
    expect(gainsOf([slow, silent], [{ side: 'silent', to: 'no cache' }], 1)).toEqual([]);
  });

  it('is that of each side to the first, and of pgbench to the first of the same script', () => {
    expect(pairsOf(['no cache', 'cache'])).toEqual([{ side: 'cache', to: 'no cache' }]);
    expect(pairsOf(['api'])).toEqual([]);
    expect(pairsOf(['read: primary', 'read: proxy', 'insert: primary', 'insert: proxy'])).toEqual([
      { side: 'read: proxy', to: 'read: primary' },
      { side: 'insert: proxy', to: 'insert: primary' },
    ]);
  });
});

describe('the turns of a round', () => {
  it('begin with another side each time, and each side has its turn', () => {
    expect(turnsOf(['a', 'b', 'c'], 0)).toEqual(['a', 'b', 'c']);
    expect(turnsOf(['a', 'b', 'c'], 1)).toEqual(['c', 'b', 'a']);
  });
});

describe('a generator', () => {
  const reasonsFor = (outline: RoundOutline): string[] =>
    bottlenecksOf(sideResult('reads', [roundOf(outline)]));

  it('that kept up gives no reason for doubt, also where the server was too slow for the rate', () => {
    expect(reasonsFor({})).toEqual([]);
    expect(reasonsFor({ latencyMs: 3000 })).toEqual([]);
  });

  it('that had no processor time left says so', () => {
    expect(reasonsFor({ cpu: 0.97 })).toEqual([
      'reads: the generator used 97 % of a processor, and had nothing left',
    ]);
  });

  it('that held requests back says so', () => {
    expect(reasonsFor({ heldBack: 3 })[0]).toContain(
      'the generator held 3 requests back, because 512 were in flight',
    );
  });

  it('whose own lateness is half of a latency says so', () => {
    expect(reasonsFor({ latencyMs: 2, lateMs: 1.5 })).toHaveLength(1);
    expect(reasonsFor({ latencyMs: 2, lateMs: 1.5 })[0]).toContain('late by 1.50 ms, at p99');
    // A few samples support no p99, and the medians tell.
    expect(reasonsFor({ latencyMs: 2, lateMs: 1.5, count: 50 })[0]).toContain('at p50');
    expect(reasonsFor({ latencyMs: 2, lateMs: 0.5 })).toEqual([]);
  });

  it('to which nobody answered names the error', () => {
    expect(reasonsFor({ count: 0, failed: 7 })).toEqual(['reads: no request was answered (HTTP 503)']);
  });
});
