import type { BenchResult } from '../../../src/bench/bench-result.js';
import { gainsOf, sideResult } from '../../../src/bench/summarise.js';
import { roundOf } from './rounds.js';

/** A run of `cache` of six rounds in which the cache makes it so many times as fast. */
export function resultOf(times = 7): BenchResult {
  const rounds = [1, 2, 3, 4, 5, 6];
  const sides = [
    sideResult(
      'no cache',
      rounds.map((n) => roundOf({ perSecond: 2000 + n, latencyMs: 4 })),
    ),
    sideResult(
      'cache',
      rounds.map((n) => roundOf({ perSecond: (2000 + n) * times, latencyMs: 4 / times, queries: 1 })),
    ),
  ];
  return {
    format: 'halab bench 1',
    benchmark: 'cache',
    stack: 'halab',
    verdict: 'measured',
    reasons: [],
    settings: {
      ratePerSecond: 1000,
      durationMs: 1700,
      rounds: 6,
      connections: 32,
      warmUpMs: 500,
      writeRatio: null,
      through: null,
      seed: 1,
    },
    manifest: {
      date: '2026-01-31T12:00:00.000Z',
      machine: {
        cpu: 'A processor of some length @ 2.80GHz',
        cpus: 2,
        memoryBytes: 8 * 1024 ** 3,
        system: 'linux 6.1.0-18-amd64',
        loadAverageBefore: 0.12,
      },
      versions: {
        halab: '0.1.0',
        node: '20.20.0',
        engine: '20.10.24',
        postgres: '17.5',
        haproxy: '3.0.11',
        redis: '8.0.2',
      },
    },
    sides,
    gains: gainsOf(sides, [{ side: 'cache', to: 'no cache' }], 1),
    comparison: null,
  };
}
