import type { LabRecord } from '../../labs/record.js';
import { formatMs } from '../format.js';
import {
  type ChartRow,
  chart,
  chartText,
  plotLeft,
  plotRight,
  spaceRow,
  verticalLine,
  withBackdrop,
} from './chart.js';
import { legendRow } from './chart-legend.js';
import { joined, type Markup, noMarkup } from './markup.js';
import { formatOffset, originMs, originName } from './offset.js';
import { linearScale, type Scale } from './scale.js';
import { type Slice, slicesOf, type TimeRange } from './slices.js';
import { bandRows } from './timeline-bands.js';
import { axisRow, marksRow, plotRow, shownOutage } from './timeline-plots.js';

/** The whole run. */
export const runRange = ({ fromMs, untilMs }: LabRecord): TimeRange => ({
  fromMs,
  untilMs: Math.max(untilMs, fromMs + 1),
});

/** So much of the run an outage may take and still be too small to read in a picture of the whole. */
const smallShare = 0.3;

/** The surroundings of the outage, where the picture of the whole run shows it too small; null otherwise. */
export function outageRange(record: LabRecord): TimeRange | null {
  const whole = runRange(record);
  const { write, read } = record.whole.outage;
  const outage = shownOutage(write, whole.untilMs) ?? shownOutage(read, whole.untilMs);
  if (outage === null) return null;
  const fromMs = Math.min(outage.fromMs, originMs(record));
  const marginMs = (outage.untilMs - fromMs) * 0.3;
  const range = {
    fromMs: Math.max(whole.fromMs, fromMs - marginMs),
    untilMs: Math.min(whole.untilMs, outage.untilMs + marginMs),
  };
  const share = (range.untilMs - range.fromMs) / (whole.untilMs - whole.fromMs);
  return share > 0 && share < smallShare ? range : null;
}

function describe(record: LabRecord, { fromMs, untilMs }: TimeRange): string {
  const zeroMs = originMs(record);
  const { outage } = record.whole;
  const faults = record.bands.filter(({ kind }) => kind === 'fault');
  return [
    `Writes and reads a second from ${formatOffset(fromMs - zeroMs)} to ${formatOffset(untilMs - zeroMs)}, counted from ${originName(record)}.`,
    outage.writeMs === null ? 'Nobody wrote.' : `The write outage is ${formatMs(outage.writeMs)}.`,
    outage.readMs === null ? 'Nobody read.' : `The read outage is ${formatMs(outage.readMs)}.`,
    faults.length === 0
      ? 'There was no fault.'
      : `Faults: ${faults.map((fault) => `${fault.name} at ${formatOffset(fault.fromMs - zeroMs)}`).join(', ')}.`,
    'The tables below hold the same figures.',
  ].join(' ');
}

function loadRows(record: LabRecord, range: TimeRange, x: Scale): ChartRow[] {
  const slices = slicesOf(record.timeline, range);
  const { outage } = record.whole;
  const rates = (of: (slice: Slice) => number) => slices.map((slice) => ({ ...slice, rate: of(slice) }));
  return [
    plotRow(
      rates(({ writesASecond }) => writesASecond),
      {
        name: ['Writes', 'a second'],
        look: 'write',
        height: 96,
        x,
        outage: shownOutage(outage.write, range.untilMs),
      },
    ),
    marksRow(slices, { name: 'failed', of: 'writesFailed', look: 'failed', x }),
    marksRow(slices, { name: 'indeterminate', of: 'writesIndeterminate', look: 'indeterminate', x }),
    plotRow(
      rates(({ readsASecond }) => readsASecond),
      {
        name: ['Reads', 'a second'],
        look: 'read',
        height: 72,
        x,
        outage: shownOutage(outage.read, range.untilMs),
      },
    ),
    marksRow(slices, { name: 'failed', of: 'readsFailed', look: 'failed', x }),
    marksRow(slices, { name: 'stale', of: 'readsStale', look: 'stale', x }),
  ];
}

const isIdle = ({ timeline }: LabRecord): boolean => timeline.writesAcknowledged.length === 0;

const idleRow: ChartRow = {
  height: 32,
  draw: (top) => chartText({ x: plotLeft, y: top + 20, text: 'No client was at work.', look: 'muted' }),
};

const legend = [
  { name: 'acknowledged writes', look: 'write' },
  { name: 'good reads', look: 'read' },
  { name: 'failed', look: 'failed' },
  { name: 'indeterminate', look: 'indeterminate' },
  { name: 'stale', look: 'stale' },
  { name: 'window', look: 'window' },
  { name: 'fault', look: 'fault' },
  { name: 'operation', look: 'operation' },
  { name: 'phase', look: 'phase' },
];

export interface TimelinePicture {
  /** Begins the ids of its elements. */
  id: string;
  title: string;
  range: TimeRange;
}

/**
 * What happened when, on one time axis: windows, faults, operations and phases as bands; writes and reads a second as areas;
 * what failed, is in doubt or was stale as marks. It needs no script.
 */
export function renderTimelineSvg(record: LabRecord, { id, title, range }: TimelinePicture): Markup {
  const zeroMs = originMs(record);
  const x = linearScale({ from: range.fromMs, until: range.untilMs }, { from: plotLeft, until: plotRight });
  const isInside = (atMs: number): boolean => atMs > range.fromMs && atMs < range.untilMs;
  const ends =
    record.windows.length < 2 ? [] : record.windows.flatMap(({ fromMs, untilMs }) => [fromMs, untilMs]);
  const edges = new Set(ends.filter(isInside));
  const backdrop = (top: number, bottom: number): Markup =>
    joined([
      ...[...edges].map((atMs) => verticalLine(x(atMs), top, bottom, 'division')),
      record.whole.faultMs !== null && isInside(zeroMs)
        ? verticalLine(x(zeroMs), top, bottom, 'zero')
        : noMarkup,
    ]);
  return chart({ id, title, description: describe(record, range) }, [
    withBackdrop(
      [...bandRows(record, range, x), ...(isIdle(record) ? [idleRow] : loadRows(record, range, x))],
      backdrop,
    ),
    spaceRow(4),
    axisRow(range, zeroMs, x, originName(record)),
    legendRow(legend),
  ]);
}
