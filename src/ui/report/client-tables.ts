import type { LabRecord } from '../../labs/record.js';
import type { Outage } from '../../measure/outage.js';
import type { ReadSource } from '../../measure/read-entry.js';
import type { LatencySummary } from '../../measure/statistics/latency-histogram.js';
import type { WritePath } from '../../measure/write-entry.js';
import { formatMs } from '../format.js';
import { formatOffset, originMs, originName } from './offset.js';
import { columns, dash, formatCount, formatLatency, type ReportTable } from './report-table.js';

const pathNames: Record<WritePath, string> = {
  proxy: 'Writes through the proxy',
  api: 'Writes through the API',
  direct: 'Writes straight into a server',
};

/** One that lasted until the end of the observation was at least that long. */
const lengthOf = ({ outageMs, recovered }: Outage): string =>
  `${recovered ? '' : 'at least '}${formatMs(outageMs)}`;

/** The longest time without a good operation across the fault: of all writers, of each path, of the readers. */
export function outageTable(record: LabRecord): ReportTable {
  const { outage } = record.whole;
  const fromMs = originMs(record);
  const at = (atMs: number | null): string => (atMs === null ? dash : formatOffset(atMs - fromMs));
  const row = (name: string, of: Outage | null | undefined): string[][] =>
    of === null || of === undefined
      ? []
      : [[name, lengthOf(of), formatMs(of.resolutionMs), at(of.lastGoodMs), at(of.firstGoodMs)]];
  const paths = (Object.keys(pathNames) as WritePath[]).filter((path) => outage.byPath[path] !== undefined);
  return {
    caption: `Outages, with times from ${originName(record)}`,
    header: ['Of', 'Outage', 'Resolution', 'Last good one', 'First good one again'],
    rows: [
      ...row('Writes', outage.write),
      ...(paths.length < 2 ? [] : paths.flatMap((path) => row(pathNames[path], outage.byPath[path]))),
      ...row('Reads', outage.read),
    ],
    right: columns(1, 4),
  };
}

const percentiles = (latency: LatencySummary | null): string[] =>
  [latency?.p50Ms, latency?.p90Ms, latency?.p99Ms, latency?.p999Ms, latency?.maxMs].map(formatLatency);

/** How operations ended, and how long the good ones took. */
export function operationsTable({ whole }: LabRecord): ReportTable {
  const { writes, reads, updates, latency } = whole;
  const none = percentiles(null);
  return {
    caption: 'Operations of the clients, and the latency of the good ones',
    header: ['What', 'Good', 'Failed', 'Indeterminate', 'p50', 'p90', 'p99', 'p99.9', 'Longest'],
    rows: [
      ...(writes.attempted === 0
        ? []
        : [
            [
              'Writes',
              ...[writes.acknowledged, writes.failed, writes.indeterminate].map(formatCount),
              ...percentiles(latency.write),
            ],
          ]),
      ...(reads.good + reads.failed === 0
        ? []
        : [
            ['Reads', formatCount(reads.good), formatCount(reads.failed), dash, ...percentiles(latency.read)],
          ]),
      ...(updates.acknowledged + updates.failed === 0
        ? []
        : [['Updates', formatCount(updates.acknowledged), formatCount(updates.failed), dash, ...none]]),
    ],
    right: columns(1, 8),
  };
}

const sourceNames: Record<ReadSource, string> = {
  cache: 'Cache',
  replica: 'Replica',
  primary: 'Primary',
  unknown: 'Not said',
};

/** Where good reads were answered from, and how many of them are proved stale. */
export function sourcesTable({ whole: { reads } }: LabRecord): ReportTable {
  const sources = (Object.keys(sourceNames) as ReadSource[]).filter((source) => reads.bySource[source] > 0);
  return {
    caption: 'Where the good reads were answered from',
    header: ['Source', 'Good reads', 'Of these proved stale'],
    rows: sources.map((source) => [
      sourceNames[source],
      formatCount(reads.bySource[source]),
      formatCount(reads.staleBySource[source]),
    ]),
    right: columns(1, 2),
  };
}

/** What a reader needs beside those tables to read them rightly. */
export function clientNotes({ whole, maxLateMs }: LabRecord): string[] {
  const { outage, reads, writes } = whole;
  const { writeMs, resolutionMs } = outage;
  const clients = Object.values(outage.byClientMs);
  return [
    ...(writes.attempted + reads.good + reads.failed === 0 ? ['No client was at work.'] : []),
    ...(writeMs !== null && resolutionMs !== null && writeMs <= resolutionMs
      ? ['The write outage is not longer than the resolution: it cannot be told from none.']
      : []),
    ...(reads.oldestStaleMs === null
      ? []
      : [`The oldest value that a stale read returned was ${formatMs(reads.oldestStaleMs)} old.`]),
    ...(clients.length < 2
      ? []
      : [
          `Of ${clients.length} clients that write, the one that waited longest for an acknowledgement waited ${formatMs(Math.max(...clients))}, the one that waited least ${formatMs(Math.min(...clients))}.`,
        ]),
    ...(writes.attempted + reads.good + reads.failed === 0
      ? []
      : [`No client of the lab’s own woke later than ${formatMs(maxLateMs)}.`]),
  ];
}
