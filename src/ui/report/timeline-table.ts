import type { LabRecord } from '../../labs/record.js';
import { formatMs } from '../format.js';
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
  const row = ([slice, of]: [number, number[]]): string[] => {
    const pick = (series: readonly number[]): number[] => of.map((index) => series[index] ?? 0);
    const rate = (series: readonly number[]): string =>
      formatCount((sum(pick(series)) * 1000) / (of.length * bucketMs));
    const slowest = Math.max(...pick(timeline.slowestWriteMs));
    return [
      formatOffset(slice * sliceMs),
      rate(timeline.writesAcknowledged),
      formatCount(sum(pick(timeline.writesFailed))),
      formatCount(sum(pick(timeline.writesIndeterminate))),
      slowest === 0 ? dash : formatMs(slowest),
      rate(timeline.readsGood),
      formatCount(sum(pick(timeline.readsFailed))),
      formatCount(sum(pick(timeline.readsStale))),
    ];
  };
  return {
    caption: `The figures of the picture, in slices of ${formatMs(sliceMs)} from ${originName(record)}`,
    header: [
      'From',
      'Writes a second',
      'failed',
      'indeterminate',
      'slowest',
      'Reads a second',
      'failed',
      'stale',
    ],
    rows: [...slices].map(row),
    right: columns(0, 7),
  };
}
