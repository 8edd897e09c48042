import type { LabRecord } from '../../labs/record.js';
import { formatMs } from '../format.js';
import { activityOf } from './activity.js';
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
import { slicesOf, type TimeRange } from './slices.js';
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

function writeRows(record: LabRecord, range: TimeRange, x: Scale): ChartRow[] {
  const slices = slicesOf(record.timeline, range);
  const outage = shownOutage(record.whole.outage.write, range.untilMs);
  return [
    plotRow(
      slices.map((slice) => ({ ...slice, rate: slice.writesASecond })),
      { name: ['Writes', 'a second'], look: 'write', height: 96, x, outage },
    ),
    marksRow(slices, { name: 'failed', of: 'writesFailed', look: 'failed', x }),
    marksRow(slices, { name: 'indeterminate', of: 'writesIndeterminate', look: 'indeterminate', x }),
  ];
}

function readRows(record: LabRecord, range: TimeRange, x: Scale): ChartRow[] {
  const slices = slicesOf(record.timeline, range);
  const outage = shownOutage(record.whole.outage.read, range.untilMs);
  return [
    plotRow(
      slices.map((slice) => ({ ...slice, rate: slice.readsASecond })),
      { name: ['Reads', 'a second'], look: 'read', height: 72, x, outage },
    ),
    marksRow(slices, { name: 'failed', of: 'readsFailed', look: 'failed', x }),
    marksRow(slices, { name: 'stale', of: 'readsStale', look: 'stale', x }),
  ];
}

const idleRow: ChartRow = {
  height: 32,
  draw: (top) => chartText({ x: plotLeft, y: top + 20, text: 'No client was at work.', look: 'muted' }),
};

function loadRows(record: LabRecord, range: TimeRange, x: Scale): ChartRow[] {
  const { wrote, read } = activityOf(record.timeline);
  if (!wrote && !read) return [idleRow];
  return [...(wrote ? writeRows(record, range, x) : []), ...(read ? readRows(record, range, x) : [])];
}

/** Only of what the picture holds. */
function legendOf(record: LabRecord): { name: string; look: string }[] {
  const { wrote, read } = activityOf(record.timeline);
  const kinds = (['fault', 'operation', 'phase'] as const).filter((kind) =>
    record.bands.some((band) => band.kind === kind),
  );
  return [
    ...(wrote ? [{ name: 'acknowledged writes', look: 'write' }] : []),
    ...(read ? [{ name: 'good reads', look: 'read' }] : []),
    ...(wrote || read ? [{ name: 'failed', look: 'failed' }] : []),
    ...(wrote ? [{ name: 'indeterminate', look: 'indeterminate' }] : []),
    ...(read ? [{ name: 'stale', look: 'stale' }] : []),
    ...(record.windows.length < 2 ? [] : [{ name: 'window', look: 'window' }]),
    ...kinds.map((kind) => ({ name: kind, look: kind })),
  ];
}

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
    withBackdrop([...bandRows(record, range, x), ...loadRows(record, range, x)], backdrop),
    spaceRow(4),
    axisRow(range, zeroMs, x, originName(record)),
    legendRow(legendOf(record)),
  ]);
}
