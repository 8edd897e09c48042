import type { LabRecord, Window } from '../../src/labs/record.js';
import type { Outage } from '../../src/measure/outage.js';
import type { WatchFigures } from '../../src/measure/watch.js';
import { failoverRecord } from './failover-records.js';
import { baseOf, clockMs, ledgerOf, noFigures, noReads, noWrites, timelineOf } from './lab-record-parts.js';

/** A lab with an empty load: no client, no fault, no figure. */
export const idleRecord = (): LabRecord => ({
  ...baseOf(clockMs, clockMs + 3_000),
  assertions: [{ text: 'the stack is healthy', passed: true, observed: 'no findings' }],
  steps: [
    {
      text: 'wait 3s',
      prediction: null,
      outcome: 'done',
      observed: '',
      startMs: clockMs,
      durationMs: 3_000,
    },
  ],
});

/** A lab without a fault: a replica lags, and reads are stale. Nobody is cut off. */
export function staleReadsRecord(): LabRecord {
  const fromMs = clockMs;
  const untilMs = fromMs + 12_000;
  const base = baseOf(fromMs, untilMs);
  const write: Outage = {
    outageMs: 31,
    lastGoodMs: fromMs + 7_300,
    firstGoodMs: fromMs + 7_331,
    recovered: true,
    resolutionMs: null,
  };
  const writes = { attempted: 960, acknowledged: 960, failed: 0, indeterminate: 0 };
  return {
    ...base,
    lab: 'stale-reads',
    title: 'A replica that lags answers with yesterday’s price',
    about: 'Registers are updated and read while replay on the replica is held back.',
    conclusion: 'Reads from a lagging replica return old values, and reads of one’s own writes do not.',
    whole: {
      ...base.whole,
      writes: { ...writes, byPath: { api: writes } },
      reads: {
        good: 4210,
        failed: 3,
        bySource: { cache: 2100, replica: 2010, primary: 100, unknown: 0 },
        stale: 118,
        staleBySource: { cache: 21, replica: 97, primary: 0, unknown: 0 },
        oldestStaleMs: 4_870,
      },
      updates: { acknowledged: 240, failed: 0 },
      outage: { ...base.whole.outage, writeMs: 31, readMs: 12, write },
      latency: {
        write: { count: 960, p50Ms: 3.1, p90Ms: 5.2, p99Ms: null, p999Ms: null, maxMs: 31 },
        read: { count: 4210, p50Ms: 0.7, p90Ms: 1.4, p99Ms: 4.4, p999Ms: null, maxMs: 12 },
      },
    },
    outage: { writeMs: 31, readMs: 12, resolutionMs: null },
    ledger: ledgerOf({
      ...writes,
      byPath: { proxy: noWrites, api: writes, direct: noWrites },
    }),
    bands: [
      {
        kind: 'operation',
        name: 'pause replay',
        node: 'db-replica',
        fromMs: fromMs + 3_000,
        untilMs: fromMs + 8_000,
      },
    ],
    timeline: timelineOf({
      fromMs,
      untilMs,
      writesASecond: 80,
      readsASecond: 350,
      staleBetween: [fromMs + 3_200, fromMs + 8_400],
    }),
    assertions: [
      { text: 'reads of one’s own writes are never stale', passed: null, observed: 'nobody read so' },
    ],
    verdict: 'inconclusive',
    maxLateMs: 4,
  };
}

const windowOf = (name: string, figures: WatchFigures, extra: Record<string, number>): Window => ({
  ...figures,
  name,
  extra,
});

/** A lab of three windows whose failover lost a write: it failed. */
export function lostWriteRecord(): LabRecord {
  const base = failoverRecord({ outageMs: 620, stack: 'sync-off', runId: '77aa10c9e0d4' });
  const { whole, fromMs, untilMs } = base;
  const faultMs = fromMs + 2_000;
  const repairedMs = faultMs + 1_200;
  const calm = (from: number, until: number, acknowledged: number): WatchFigures => ({
    ...noFigures(from, until),
    writes: { attempted: acknowledged, acknowledged, failed: 0, indeterminate: 0, byPath: {} },
    reads: { ...noReads(), good: acknowledged * 2 },
    outage: { ...noFigures(from, until).outage, writeMs: 12, readMs: 9 },
    latency: { ...whole.latency, read: null },
  });
  return {
    ...base,
    lab: 'lost-write',
    title: 'What asynchronous replication may lose',
    verdict: 'failed',
    ledger: ledgerOf({
      verdict: 'invalid',
      lost: 1,
      recovered: 2,
      lostKeys: ['run-77aa10c9e0d4-w7-000412'],
      lostByPart: { 'before the fault': 0, 'the primary is dead': 1, 'after the repair': 0 },
    }),
    windows: [
      windowOf('before the fault', calm(fromMs, faultMs, 340), { 'loads of the cache': 12 }),
      windowOf(
        'the primary is dead',
        { ...whole, fromMs: faultMs, untilMs: repairedMs },
        {
          'discarded transactions': 1,
        },
      ),
      windowOf('after the repair', calm(repairedMs, untilMs, 1010), {
        'loads of the cache': 44,
        'discarded transactions': 0,
      }),
    ],
    assertions: [
      {
        text: 'no acknowledged write is lost',
        passed: false,
        observed: '1 of 1354: run-77aa10c9e0d4-w7-000412',
      },
      { text: 'writes are acknowledged again', passed: true, observed: 'after 620 ms' },
    ],
  };
}
