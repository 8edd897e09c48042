import type { LabRecord, StepRecord } from '../../labs/record.js';
import { formatMs } from '../format.js';
import { formatOffset, originMs, originName } from './offset.js';
import { columns, dash, formatCount, formatLatency, type ReportTable } from './report-table.js';

export const momentsTable = (record: LabRecord): ReportTable => ({
  caption: `Moments, counted from ${originName(record)}`,
  header: ['Moment', 'At', 'Since the one before'],
  rows: record.moments.map(({ name, atMs }, index) => {
    const before = record.moments[index - 1];
    return [name, formatOffset(atMs), before === undefined ? '' : formatMs(atMs - before.atMs)];
  }),
  right: columns(1, 2),
});

const bandKinds = { fault: 'Fault', operation: 'Operation', phase: 'Phase' } as const;

/** Faults, operations and their phases, in the order of their beginnings. */
export function bandsTable(record: LabRecord): ReportTable {
  const zeroMs = originMs(record);
  return {
    caption: `Faults, operations and phases, with times from ${originName(record)}`,
    header: ['Name', 'Kind', 'Node', 'From', 'Until', 'Took'],
    rows: record.bands
      .toSorted((a, b) => a.fromMs - b.fromMs || b.untilMs - a.untilMs)
      .map(({ kind, name, node, fromMs, untilMs }) => [
        name,
        bandKinds[kind],
        node ?? dash,
        formatOffset(fromMs - zeroMs),
        formatOffset(untilMs - zeroMs),
        formatMs(untilMs - fromMs),
      ]),
    right: columns(3, 5),
  };
}

export function windowsTable(record: LabRecord): ReportTable {
  const zeroMs = originMs(record);
  return {
    caption: `Windows, with times from ${originName(record)}`,
    header: [
      'Window',
      'From',
      'Took',
      'Writes good',
      'failed',
      'indeterminate',
      'Write outage',
      'Reads good',
      'failed',
      'stale',
      'Read outage',
    ],
    rows: record.windows.map(({ name, fromMs, untilMs, writes, reads, outage }) => [
      name,
      formatOffset(fromMs - zeroMs),
      formatMs(untilMs - fromMs),
      ...[writes.acknowledged, writes.failed, writes.indeterminate].map(formatCount),
      formatMs(outage.writeMs),
      ...[reads.good, reads.failed, reads.stale].map(formatCount),
      formatMs(outage.readMs),
    ]),
    right: columns(1, 10),
  };
}

export const windowLatencyTable = ({ windows }: LabRecord): ReportTable => ({
  caption: 'Latency of the good operations in each window',
  header: ['Window', 'Writes p50', 'p99', 'longest', 'Reads p50', 'p99', 'longest'],
  rows: windows.map(({ name, latency: { write, read } }) => [
    name,
    ...[write?.p50Ms, write?.p99Ms, write?.maxMs, read?.p50Ms, read?.p99Ms, read?.maxMs].map(formatLatency),
  ]),
  right: columns(1, 6),
});

/** The figures that steps brought. */
export const windowExtraTable = ({ windows }: LabRecord): ReportTable => ({
  caption: 'Other figures of the windows',
  header: ['Window', 'Figure', 'Value'],
  rows: windows.flatMap(({ name, extra }) =>
    Object.entries(extra).map(([figure, value]) => [name, figure, formatCount(value)]),
  ),
  right: [2],
});

const outcomes: Record<StepRecord['outcome'], string> = {
  done: '✔ done',
  failed: '✖ failed',
  inconclusive: '? inconclusive',
};

/** With a column for what the reader foretold when there is a prediction. */
export function stepsTable(record: LabRecord): ReportTable {
  const zeroMs = originMs(record);
  const foretold = record.steps.some(({ prediction }) => prediction !== null);
  return {
    caption: `Steps, with times from ${originName(record)}`,
    header: ['Step', 'At', 'Took', 'Outcome', ...(foretold ? ['Foretold'] : []), 'Observed'],
    rows: record.steps.map(({ text, prediction, outcome, observed, startMs, durationMs }) => [
      text,
      formatOffset(startMs - zeroMs),
      formatMs(durationMs),
      outcomes[outcome],
      ...(foretold ? [prediction ?? dash] : []),
      observed,
    ]),
    right: columns(1, 2),
    prose: true,
  };
}
