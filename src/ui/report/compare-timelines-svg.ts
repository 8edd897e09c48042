import type { ComparedSide, Comparison } from '../../labs/compare/compare-runs.js';
import type { LabRecord } from '../../labs/record.js';
import { formatMs } from '../format.js';
import {
  type ChartRow,
  chart,
  chartText,
  fontSize,
  plotLeft,
  plotRight,
  spaceRow,
  verticalLine,
  withBackdrop,
} from './chart.js';
import { legendRow } from './chart-legend.js';
import { type Markup, noMarkup } from './markup.js';
import { originMs, originName } from './offset.js';
import { linearScale, type Scale } from './scale.js';
import { slicesOf, type TimeRange } from './slices.js';
import { fitText } from './text-width.js';
import { bandName, bandRow } from './timeline-bands.js';
import { axisRow, marksRow, plotRow, shownOutage } from './timeline-plots.js';
import { runRange } from './timeline-svg.js';

/** What all pictures have in common, so that they can be compared. */
interface Scales {
  /** From the origin of each record. */
  range: TimeRange;
  fromOrigin: Scale;
  mostWrites: number;
  mostReads: number;
}

function scalesOf(records: readonly LabRecord[]): Scales {
  const ranges = records.map((record) => {
    const { fromMs, untilMs } = runRange(record);
    return { fromMs: fromMs - originMs(record), untilMs: untilMs - originMs(record) };
  });
  const range = {
    fromMs: Math.min(...ranges.map(({ fromMs }) => fromMs)),
    untilMs: Math.max(...ranges.map(({ untilMs }) => untilMs)),
  };
  const highest = (of: 'writesASecond' | 'readsASecond'): number =>
    Math.max(
      0,
      ...records.flatMap((record) => slicesOf(record.timeline, runRange(record)).map((slice) => slice[of])),
    );
  return {
    range,
    fromOrigin: linearScale(
      { from: range.fromMs, until: range.untilMs },
      { from: plotLeft, until: plotRight },
    ),
    mostWrites: highest('writesASecond'),
    mostReads: highest('readsASecond'),
  };
}

const nameRow = ({ label, lab, stack }: ComparedSide): ChartRow => ({
  height: 22,
  draw: (top) =>
    chartText({
      x: 0,
      y: top + 15,
      text: fitText(`${label}: ${lab}, ${stack}`, plotRight, fontSize),
      look: 'bold',
    }),
});

/** The faults, the writes and the reads of a side. */
function rowsOf(record: LabRecord, { fromOrigin, mostWrites, mostReads }: Scales): ChartRow[] {
  const zeroMs = originMs(record);
  const range = runRange(record);
  const x: Scale = (atMs) => fromOrigin(atMs - zeroMs);
  const slices = slicesOf(record.timeline, range);
  const { outage } = record.whole;
  const faults = record.bands
    .filter(({ kind }) => kind === 'fault')
    .map((band) => ({ ...band, name: bandName(band) }));
  return [
    bandRow(faults, { name: 'Faults', look: 'fault', x, zeroMs }),
    plotRow(
      slices.map((slice) => ({ ...slice, rate: slice.writesASecond })),
      {
        name: ['Writes', 'a second'],
        look: 'write',
        height: 54,
        x,
        outage: shownOutage(outage.write, range.untilMs),
        most: mostWrites,
      },
    ),
    marksRow(slices, { name: 'failed', of: 'writesFailed', look: 'failed', x }),
    plotRow(
      slices.map((slice) => ({ ...slice, rate: slice.readsASecond })),
      {
        name: ['Reads', 'a second'],
        look: 'read',
        height: 40,
        x,
        outage: shownOutage(outage.read, range.untilMs),
        most: mostReads,
      },
    ),
    marksRow(slices, { name: 'stale', of: 'readsStale', look: 'stale', x }),
    spaceRow(6),
  ];
}

const legend = [
  { name: 'acknowledged writes', look: 'write' },
  { name: 'good reads', look: 'read' },
  { name: 'failed writes', look: 'failed' },
  { name: 'stale reads', look: 'stale' },
  { name: 'fault', look: 'fault' },
];

/** The timeline of each side, all on one scale, with their first faults above each other. The first has the legend. */
export function renderTimelines({ sides, typical }: Comparison): Markup[] {
  const scales = scalesOf(typical);
  const { range, fromOrigin } = scales;
  return sides.flatMap((side, index) => {
    const record = typical[index];
    if (record === undefined) return [];
    const zero = (top: number, bottom: number): Markup =>
      record.whole.faultMs === null ? noMarkup : verticalLine(fromOrigin(0), top, bottom, 'zero');
    return chart(
      {
        id: `timeline-${index + 1}`,
        title: `${side.label}: ${side.lab}, ${side.stack}`,
        description: `Writes and reads a second, with faults, failed writes and stale reads. The write outage is ${formatMs(record.outage.writeMs)}.`,
      },
      [
        ...(index === 0 ? [legendRow(legend)] : []),
        nameRow(side),
        withBackdrop(rowsOf(record, scales), zero),
        axisRow(range, 0, fromOrigin, originName(record)),
      ],
    );
  });
}
