import type { LabRecord } from '../../labs/record.js';
import { formatMs } from '../format.js';
import { activityOf } from './activity.js';
import { formatOffset, originMs, originName } from './offset.js';
import { columns, dash, formatCount, type ReportTable } from './report-table.js';
import { niceStep } from './scale.js';

/** So many fit on a page beside the picture. */
const maxRows = 24;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The figures of the picture, in slices of equal length that begin at the origin. */
export function timelineTable(record: LabRecord): ReportTable {
  const { timeline } = record;
  const { bucketMs, fromMs } = timeline;
  const length = timeline.writesAcknowledged.length;
  const zeroMs = originMs(record);
  const sliceMs = Math.max(bucketMs, niceStep((length * bucketMs) / (maxRows - 2)));
  const slices = new Map<number, number[]>();
  for (let index = 0; index < length; index += 1) {
    // By its middle a bucket belongs to one slice, although its edges need not be those of slices.
    const slice = Math.floor((fromMs + (index + 0.5) * bucketMs - zeroMs) / sliceMs);
    slices.set(slice, [...(slices.get(slice) ?? []), index]);
  }
  const { wrote, read } = activityOf(timeline);
  const row = ([slice, of]: [number, number[]]): string[] => {
    const pick = (series: readonly number[]): number[] => of.map((index) => series[index] ?? 0);
    const total = (series: readonly number[]): string => formatCount(sum(pick(series)));
    const rate = (series: readonly number[]): string =>
      formatCount((sum(pick(series)) * 1000) / (of.length * bucketMs));
    const slowest = Math.max(...pick(timeline.slowestWriteMs));
    const ofWrites = [
      rate(timeline.writesAcknowledged),
      total(timeline.writesFailed),
      total(timeline.writesIndeterminate),
      slowest === 0 ? dash : formatMs(slowest),
    ];
    const ofReads = [rate(timeline.readsGood), total(timeline.readsFailed), total(timeline.readsStale)];
    return [formatOffset(slice * sliceMs), ...(wrote ? ofWrites : []), ...(read ? ofReads : [])];
  };
  const header = [
    'From',
    ...(wrote ? ['Writes a second', 'failed', 'indeterminate', 'slowest'] : []),
    ...(read ? ['Reads a second', 'failed', 'stale'] : []),
  ];
  return {
    caption: `The figures of the picture, in slices of ${formatMs(sliceMs)} from ${originName(record)}`,
    header,
    rows: wrote || read ? [...slices].map(row) : [],
    right: columns(0, header.length - 1),
  };
}
