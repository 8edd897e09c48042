import type { Band, LabRecord, Moment, Window } from '../../src/labs/record.js';
import type { LabSeries } from '../../src/labs/series.js';
import type { LedgerVerdict } from '../../src/measure/judge-ledger.js';
import type { Outage } from '../../src/measure/outage.js';
import type { ReadCounts } from '../../src/measure/read-entry.js';
import type { Timeline } from '../../src/measure/timeline.js';
import type { WatchFigures } from '../../src/measure/watch.js';

/** Where the clock of these runs begins to be of interest: it never begins at 0 in a real one either. */
const clockMs = 5_000;

const noReads = (): ReadCounts => ({
  good: 0,
  failed: 0,
  bySource: { cache: 0, replica: 0, primary: 0, unknown: 0 },
  stale: 0,
  staleBySource: { cache: 0, replica: 0, primary: 0, unknown: 0 },
  oldestStaleMs: null,
});

/** Figures of clients that did nothing. */
const noFigures = (fromMs: number, untilMs: number): WatchFigures => ({
  fromMs,
  untilMs,
  faultMs: null,
  writes: { attempted: 0, acknowledged: 0, failed: 0, indeterminate: 0, byPath: {} },
  reads: noReads(),
  updates: { acknowledged: 0, failed: 0 },
  outage: {
    writeMs: null,
    readMs: null,
    resolutionMs: null,
    readResolutionMs: null,
    write: null,
    read: null,
    byPath: {},
    byClientMs: {},
  },
  latency: { write: null, read: null },
});

interface TimelineShape {
  fromMs: number;
  untilMs: number;
  writesASecond: number;
  readsASecond: number;
  /** No write is acknowledged meanwhile. */
  writeGap?: [number, number];
  /** Between these a part of the reads is stale. */
  staleBetween?: [number, number];
}

/** Buckets with rates that waver as real ones do, the same at each call. */
function timelineOf(shape: TimelineShape): Timeline {
  const { fromMs, untilMs, writesASecond, readsASecond, writeGap, staleBetween } = shape;
  const bucketMs = 50;
  const length = Math.ceil((untilMs - fromMs) / bucketMs);
  const series = (value: (atMs: number, index: number) => number): number[] =>
    Array.from({ length }, (_, index) => value(fromMs + (index + 0.5) * bucketMs, index));
  const inside = (atMs: number, range: [number, number] | undefined): boolean =>
    range !== undefined && atMs >= range[0] && atMs < range[1];
  const wavering = (rate: number, index: number): number =>
    Math.max(0, Math.round((rate * bucketMs) / 1000 + Math.sin(index * 1.7) + Math.cos(index * 0.37)));
  return {
    fromMs,
    bucketMs,
    writesAcknowledged: series((atMs, index) =>
      inside(atMs, writeGap) ? 0 : wavering(writesASecond, index),
    ),
    writesFailed: series((atMs, index) => (inside(atMs, writeGap) ? 6 + (index % 5) : 0)),
    writesIndeterminate: series((atMs) =>
      writeGap !== undefined && atMs >= writeGap[0] && atMs < writeGap[0] + bucketMs ? 2 : 0,
    ),
    readsGood: series((_, index) => wavering(readsASecond, index + 3)),
    readsFailed: series(() => 0),
    readsStale: series((atMs, index) => (inside(atMs, staleBetween) ? index % 4 : 0)),
    slowestWriteMs: series((atMs, index) => (inside(atMs, writeGap) ? 0 : 4 + (index % 9))),
  };
}

const manifest: LabRecord['manifest'] = {
  halab: '0.1.0',
  node: 'v20.20.2',
  cpu: 'Intel(R) Xeon(R) Processor @ 2.80GHz',
  cpus: 2,
  memoryBytes: 8_326_103_040,
  system: 'Debian GNU/Linux 12 (bookworm), Linux 6.1.0-28-amd64',
  dockerEngine: '20.10.24',
  images: {
    postgres: 'halab/postgres:4f1d6a0c92be',
    haproxy: 'halab/haproxy:a81b20c7d3f5',
    redis: 'halab/redis:0e94c1b7aa26',
  },
  loadAverageBefore: 0.31,
};

const source = `# What the clients feel when the primary dies
name: failover
load: { writers: 16, readers: 4 }
steps:
  - wait: 2s
  - fault: kill primary
  - failover
  - expect: { writes: acknowledged, within: 10s }
assert:
  - lost == 0   # "synchronous" is off: a few may be <gone>
`;

const baseOf = (fromMs: number, untilMs: number): LabRecord => ({
  lab: 'idle',
  title: 'Nothing happens',
  about: 'A lab whose load is empty: what it shows of a stack that nobody uses.',
  conclusion: 'A stack that nobody uses stays healthy.',
  source,
  stack: 'halab',
  topology: { replicas: 1, sync: 'off', pooler: false },
  runId: '3f9a1c07be52',
  startedAt: '2026-11-28T04:10:32.118Z',
  fromMs,
  untilMs,
  seed: 41,
  verdict: 'passed',
  whole: noFigures(fromMs, untilMs),
  outage: { writeMs: null, readMs: null, resolutionMs: null },
  ledger: null,
  windows: [],
  steps: [],
  moments: [],
  bands: [],
  timeline: {
    fromMs,
    bucketMs: 50,
    writesAcknowledged: [],
    writesFailed: [],
    writesIndeterminate: [],
    readsGood: [],
    readsFailed: [],
    readsStale: [],
    slowestWriteMs: [],
  },
  assertions: [],
  maxLateMs: 0,
  manifest,
  evidence: null,
  next: [],
});

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

const noWrites = { attempted: 0, acknowledged: 0, failed: 0, indeterminate: 0 };

const ledgerOf = (changes: Partial<LedgerVerdict>): LedgerVerdict => ({
  verdict: 'valid',
  attempted: 1480,
  acknowledged: 1354,
  failed: 124,
  indeterminate: 2,
  lost: 0,
  recovered: 0,
  unexpected: 0,
  failedYetPresent: 0,
  lostKeys: [],
  unexpectedKeys: [],
  lostByPart: {},
  byPath: {
    proxy: { attempted: 1184, acknowledged: 1088, failed: 95, indeterminate: 1 },
    api: { attempted: 296, acknowledged: 266, failed: 29, indeterminate: 1 },
    direct: noWrites,
  },
  ...changes,
});

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

/** Text that would be markup, a table's end, a script or a broken file if it were written as it is. */
export const hostileTexts = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style><style>body{display:none}</style>',
  '</svg></title></desc><b>bold</b>',
  ']]>&lt;&#60;&amp;',
  'a | b \\| c',
  '```\n# heading\n```',
  '[link](javascript:alert(1)) ![x](http://example.invalid/x.png)',
  'nul \u0000 bell \u0007 escape \u001b[31m half \ud800 end \ufffe',
  'مرحبا 漢字 🙂',
  'x'.repeat(300),
] as const;

/** A run whose every text is this one. */
export function recordOf(text: string): LabRecord {
  const base = lostWriteRecord();
  return {
    ...base,
    lab: text,
    title: text,
    about: text,
    conclusion: text,
    source: text,
    stack: text,
    topology: { ...base.topology, sync: text },
    runId: text,
    windows: base.windows.map((window) => ({ ...window, name: text, extra: { [text]: 1 } })),
    steps: base.steps.map((step) => ({ ...step, text, prediction: text, observed: text, outcome: 'failed' })),
    moments: base.moments.map((moment) => ({ ...moment, name: text })),
    bands: base.bands.map((band) => ({ ...band, name: text, node: text })),
    assertions: [null, false, true].map((passed) => ({ text, passed, observed: text })),
    ledger: ledgerOf({
      verdict: 'invalid',
      lost: 1,
      lostKeys: [text],
      unexpected: 1,
      unexpectedKeys: [text],
    }),
    manifest: {
      ...base.manifest,
      halab: text,
      node: text,
      cpu: text,
      system: text,
      dockerEngine: text,
      images: { [text]: text },
    },
    evidence: text,
    next: [text],
  };
}
