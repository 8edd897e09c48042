import { describe, expect, it } from 'vitest';
import type { ReadEntry } from '../../../src/measure/read-entry.js';
import { Watch } from '../../../src/measure/watch.js';
import type { CompletedWrite } from '../../../src/measure/write-entry.js';

const write = (atMs: number, more: Partial<CompletedWrite> = {}): CompletedWrite => ({
  clientId: 'proxy1',
  path: 'proxy',
  key: `k${atMs}`,
  invokedAtMs: atMs - 2,
  completedAtMs: atMs,
  outcome: 'acknowledged',
  errorCode: undefined,
  ...more,
});

const read = (atMs: number, more: Partial<ReadEntry> = {}): ReadEntry => ({
  clientId: 'reader1',
  beganAtMs: atMs - 1,
  completedAtMs: atMs,
  good: true,
  source: 'replica',
  staleMs: null,
  ...more,
});

describe('what clients felt', () => {
  it('is drawn together from their writes and reads', () => {
    const watch = new Watch(0);
    for (const atMs of [0, 10, 20, 30, 40, 50]) watch.write(write(atMs));
    const readEvery10Ms = (fromMs: number, untilMs: number): void => {
      for (let atMs = fromMs; atMs <= untilMs; atMs += 10)
        watch.read(read(atMs, atMs < 100 ? {} : { source: 'cache' }));
    };
    readEvery10Ms(0, 50);
    watch.markFault(50);
    readEvery10Ms(60, 1000);
    watch.write(
      write(70, { clientId: 'api1', path: 'api', outcome: 'indeterminate', errorCode: 'ECONNRESET' }),
    );
    for (const atMs of [700, 710, 995]) watch.write(write(atMs));
    watch.read(read(1001, { good: false, source: 'unknown' }));
    expect(watch.figures(1000)).toMatchObject({
      fromMs: 0,
      untilMs: 1000,
      faultMs: 50,
      writes: { attempted: 10, acknowledged: 9, indeterminate: 1, byPath: { api: { attempted: 1 } } },
      outage: {
        writeMs: 650,
        readMs: 10,
        resolutionMs: 10,
        byPath: { proxy: { outageMs: 650 }, api: { recovered: false } },
        byClientMs: { proxy1: 650, api1: 1000 },
      },
      reads: { good: 101, failed: 1, bySource: { cache: 91, replica: 10, primary: 0, unknown: 0 } },
      latency: { write: { count: 9, maxMs: 2 }, read: { count: 101 } },
    });
  });

  it('claims no outage of what nobody tried', () => {
    expect(new Watch(0).figures(1000)).toMatchObject({
      outage: { writeMs: null, readMs: null, resolutionMs: null, write: null, read: null, byPath: {} },
      latency: { write: null, read: null },
    });
  });

  it('counts stale reads by where they came from, and keeps the age of the oldest', () => {
    const watch = new Watch(0);
    watch.read(read(10, { staleMs: 40 }));
    watch.read(read(20, { staleMs: 90, source: 'cache' }));
    watch.read(read(30));
    expect(watch.figures(40).reads).toMatchObject({
      good: 3,
      stale: 2,
      staleBySource: { replica: 1, cache: 1 },
      oldestStaleMs: 90,
    });
  });
});
