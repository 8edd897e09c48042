import type { Band, LabRecord, Moment } from '../../src/labs/record.js';
import type { LabSeries } from '../../src/labs/run/series.js';
import type { Outage } from '../../src/measure/outage.js';
import { baseOf, clockMs, ledgerOf, noFigures, noReads, timelineOf } from './lab-record-parts.js';

interface FailoverOptions {
  /** How long writes fail. */
  outageMs?: number;
  stack?: string;
  runId?: string;
  /** How long the run goes on after the first acknowledged write. */
  afterMs?: number;
}

/** What halab does in a failover, as shares of the outage: names, beginnings, lengths. */
const failoverPhases = [
  ['check haproxy.cfg', 0.04, 0.4],
  ['stop old primary', 0.55, 0.02],
  ['replay', 0.57, 0.02],
  ['promote', 0.59, 0.24],
  ['point proxy', 0.83, 0.09],
  ['verify', 0.92, 0.18],
  ['fence old primary', 1.1, 0.2],
  ['keep WAL', 1.3, 0.04],
] as const;

function failoverBands(faultMs: number, outageMs: number): Band[] {
  const at = (share: number): number => Math.round(faultMs + share * outageMs);
  return [
    { kind: 'fault', name: 'kill', node: 'db-primary', fromMs: faultMs, untilMs: at(9) },
    { kind: 'operation', name: 'failover', node: null, fromMs: at(0.04), untilMs: at(1.34) },
    ...failoverPhases.map(
      ([name, from, took]): Band => ({
        kind: 'phase',
        name,
        node: null,
        fromMs: at(from),
        untilMs: at(from + took),
      }),
    ),
  ];
}

function failoverMoments(lastGoodMs: number, outageMs: number): Moment[] {
  return [
    { name: 'primary killed (SIGKILL sent)', atMs: 0 },
    { name: 'last acknowledged write', atMs: lastGoodMs },
    { name: 'first error at a client; failover begins', atMs: outageMs * 0.06 },
    { name: 'old primary stopped, says the engine', atMs: outageMs * 0.57 },
    { name: 'db-replica promoted', atMs: outageMs * 0.83 },
    { name: 'proxy repointed', atMs: outageMs * 0.92 },
    { name: 'first acknowledged write', atMs: lastGoodMs + outageMs },
  ];
}

/** A failover that passed: the primary is killed, and writes fail for 400 ms. */
export function failoverRecord(options: FailoverOptions = {}): LabRecord {
  const { outageMs = 400, stack = 'halab', runId = '9c01d2e7f4ab', afterMs = 6_000 } = options;
  const fromMs = clockMs;
  const faultMs = fromMs + 2_000;
  const lastGoodMs = faultMs + 14;
  const untilMs = lastGoodMs + outageMs + afterMs;
  const outage = (ms: number): Outage => ({
    outageMs: ms,
    lastGoodMs,
    firstGoodMs: lastGoodMs + ms,
    recovered: true,
    resolutionMs: 11,
  });
  const write = outage(outageMs);
  const read: Outage = {
    ...outage(38),
    lastGoodMs: faultMs + 6,
    firstGoodMs: faultMs + 44,
    resolutionMs: 10,
  };
  const ledger = ledgerOf({});
  return {
    ...baseOf(fromMs, untilMs),
    lab: 'failover',
    title: 'The primary dies, the replica takes over, HAProxy follows',
    about: 'Clients write and read through the proxy and the API while the primary is killed with SIGKILL.',
    conclusion: 'Writes go on after the failover, and every acknowledged one is there.',
    stack,
    runId,
    whole: {
      ...noFigures(fromMs, untilMs),
      faultMs,
      writes: { attempted: 1480, acknowledged: 1354, failed: 124, indeterminate: 2, byPath: ledger.byPath },
      reads: {
        ...noReads(),
        good: 2555,
        bySource: { cache: 1800, replica: 700, primary: 55, unknown: 0 },
      },
      outage: {
        writeMs: outageMs,
        readMs: 38,
        resolutionMs: 11,
        readResolutionMs: 10,
        write,
        read,
        byPath: { proxy: write, api: outage(outageMs + 19) },
        byClientMs: { w1: outageMs + 3, w2: outageMs + 9, w3: outageMs + 31 },
      },
      latency: {
        write: { count: 1354, p50Ms: 2.41, p90Ms: 4.07, p99Ms: 9.83, p999Ms: null, maxMs: 41.2 },
        read: { count: 2555, p50Ms: 0.62, p90Ms: 1.21, p99Ms: 3.9, p999Ms: null, maxMs: 44.8 },
      },
    },
    outage: { writeMs: outageMs, readMs: 38, resolutionMs: 11 },
    ledger,
    steps: [
      {
        text: 'wait 2s',
        prediction: null,
        outcome: 'done',
        observed: '',
        startMs: fromMs,
        durationMs: 2_000,
      },
      {
        text: 'fault kill primary',
        prediction: 'writes fail for about 2 s',
        outcome: 'done',
        observed: `writes failed for ${outageMs} ms`,
        startMs: faultMs,
        durationMs: 294,
      },
      {
        text: 'failover',
        prediction: null,
        outcome: 'done',
        observed: 'db-replica promoted, timeline 1 → 2',
        startMs: faultMs + outageMs * 0.04,
        durationMs: outageMs * 1.3,
      },
      {
        text: 'expect writes acknowledged within 10s',
        prediction: null,
        outcome: 'done',
        observed: `after ${outageMs} ms`,
        startMs: faultMs + outageMs * 1.34,
        durationMs: 3,
      },
    ],
    moments: failoverMoments(14, outageMs),
    bands: failoverBands(faultMs, outageMs),
    timeline: timelineOf({
      fromMs,
      untilMs,
      writesASecond: 170,
      readsASecond: 320,
      writeGap: [lastGoodMs, lastGoodMs + outageMs],
    }),
    assertions: [
      {
        text: 'the death of the primary was felt: the write outage is longer than the resolution',
        passed: true,
        observed: `${outageMs} ms, resolution 11 ms`,
      },
      { text: 'no acknowledged write is lost', passed: true, observed: '0' },
    ],
    maxLateMs: 26,
    evidence: 'runs/failover-9c01d2e7f4ab',
    next: ['halab status', 'halab start db-primary', 'halab down'],
  };
}

/** The same lab, run so often, with outages of 400 ms and more. */
export const repeatedRecords = (times: number): LabRecord[] =>
  Array.from({ length: times }, (_, index) =>
    failoverRecord({ outageMs: 400 + ((index * 37) % 90), runId: `run${String(index).padStart(9, '0')}` }),
  );

/** The same lab with what all its runs say. */
export const seriesOf = (runs: LabRecord[]): LabSeries => ({
  lab: 'failover',
  verdict: 'passed',
  runs,
  assertions: [
    {
      text: 'no acknowledged write is lost',
      passed: true,
      observed: `in ${runs.length} of ${runs.length} runs`,
    },
  ],
  spreads: [
    {
      name: 'write outage in ms',
      runs: runs.length,
      min: 400,
      median: 437,
      max: 474,
      p95: null,
      interval: { low: 405, high: 458, confidence: 0.95 },
    },
    { name: 'lost writes', runs: runs.length, min: 0, median: 0, max: 0, p95: null, interval: null },
  ],
});
