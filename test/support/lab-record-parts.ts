import type { LabRecord } from '../../src/labs/record.js';
import type { LedgerVerdict } from '../../src/measure/judge-ledger.js';
import type { ReadCounts } from '../../src/measure/read-entry.js';
import type { Timeline } from '../../src/measure/timeline.js';
import type { WatchFigures } from '../../src/measure/watch.js';

/** Where the clock of these runs begins to be of interest: it never begins at 0 in a real one either. */
export const clockMs = 5_000;

export const noReads = (): ReadCounts => ({
  good: 0,
  failed: 0,
  bySource: { cache: 0, replica: 0, primary: 0, unknown: 0 },
  stale: 0,
  staleBySource: { cache: 0, replica: 0, primary: 0, unknown: 0 },
  oldestStaleMs: null,
});

/** Figures of clients that did nothing. */
export const noFigures = (fromMs: number, untilMs: number): WatchFigures => ({
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
export function timelineOf(shape: TimelineShape): Timeline {
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

export const baseOf = (fromMs: number, untilMs: number): LabRecord => ({
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

export const noWrites = { attempted: 0, acknowledged: 0, failed: 0, indeterminate: 0 };

export const ledgerOf = (changes: Partial<LedgerVerdict>): LedgerVerdict => ({
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
