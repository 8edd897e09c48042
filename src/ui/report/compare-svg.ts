import type { ComparedSide, Comparison } from '../../labs/compare-runs.js';
import type { LabRecord } from '../../labs/record.js';
import { formatMs } from '../format.js';
import {
  type ChartRow,
  chart,
  chartBox,
  chartText,
  fontSize,
  plotLeft,
  plotRight,
  spaceRow,
  verticalLine,
  withBackdrop,
} from './chart.js';
import { legendRow } from './chart-legend.js';
import { pieceName, pieceNames } from './compare-tables.js';
import { joined, type Markup, markup, noMarkup } from './markup.js';
import { originMs } from './offset.js';
import { linearScale, place, type Scale } from './scale.js';
import { slicesOf } from './slices.js';
import { fitText, textWidth } from './text-width.js';
import { bandRow } from './timeline-bands.js';
import { axisRow, marksRow, plotRow, shownOutage } from './timeline-plots.js';
import { runRange } from './timeline-svg.js';

const barHeight = 22;
/** Colours of chart-css.ts for phases; with more phases they come again, and the white between two parts them. */
const colours = 7;
/** At the right of the longest bar its length has to fit. */
const totalWidth = 84;

const sideName = ({ label, lab, stack }: ComparedSide): string =>
  fitText(`${label}  ${lab}, ${stack}`, plotLeft - 8, fontSize);

type PieceLook = (name: string) => string;

function lookOf(sides: readonly ComparedSide[]): PieceLook {
  const phases = new Set(
    sides.flatMap(({ outagePhases }) => outagePhases.flatMap(({ phase }) => (phase === null ? [] : [phase]))),
  );
  const order = pieceNames(sides).filter((name) => phases.has(name));
  return (name) => `part part-${phases.has(name) ? order.indexOf(name) % colours : 'none'}`;
}

/** A line with its ends marked. */
const spreadLine = (from: number, until: number, y: number): Markup => {
  const end = (x: number): string => `M${place(x)} ${place(y - 3)}V${place(y + 3)}`;
  return markup`<path d="${end(from)}M${place(from)} ${place(y)}H${place(until)}${end(until)}" class="outage"/>`;
};

/** The outage of one side as one bar, cut into what halab was at; below it, from where to where its runs lay. */
function barRow(side: ComparedSide, x: Scale, look: PieceLook): ChartRow {
  const { outagePhases, writeOutage } = side;
  const totalMs = outagePhases.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return {
    height: barHeight + 16,
    draw: (top) => {
      let fromMs = 0;
      const pieces = outagePhases.flatMap((piece) => {
        const from = x(fromMs);
        fromMs += piece.durationMs;
        const width = x(fromMs) - from;
        const name = pieceName(piece);
        const text = formatMs(piece.durationMs);
        const fits = textWidth(text, fontSize) + 6 <= width;
        return [
          chartBox({ x: from, y: top, width, height: barHeight }, look(name), `${name}: ${text}`),
          fits ? chartText({ x: from + width / 2, y: top + 15, text, look: 'middle on-part' }) : noMarkup,
        ];
      });
      const y = top + barHeight + 5;
      const spread =
        writeOutage === null || writeOutage.runs === 1
          ? noMarkup
          : spreadLine(x(writeOutage.min), x(writeOutage.max), y);
      const total = outagePhases.length === 0 ? 'no write outage is known' : formatMs(totalMs);
      return joined([
        chartText({ x: 0, y: top + 15, text: sideName(side) }),
        ...pieces,
        spread,
        chartText({ x: x(totalMs) + 6, y: top + 15, text: total, look: 'bold' }),
      ]);
    },
  };
}

/** The write outages of all sides on one scale, each cut into its phases. */
export function renderOutageBars({ sides }: Comparison): Markup {
  const longestMs = Math.max(
    1,
    ...sides.flatMap(({ outagePhases, writeOutage }) => [
      outagePhases.reduce((sum, { durationMs }) => sum + durationMs, 0),
      writeOutage?.max ?? 0,
    ]),
  );
  const x = linearScale({ from: 0, until: longestMs }, { from: plotLeft, until: plotRight - totalWidth });
  const range = { fromMs: 0, untilMs: longestMs };
  const look = lookOf(sides);
  const repeated = sides.some(({ runs }) => runs > 1);
  return chart(
    {
      id: 'outages',
      title: 'Write outages by phases',
      description: `${sides.map((side) => `${side.label}: ${formatMs(side.figures.writeOutageMs)}`).join('; ')}. The table holds the phases.${repeated ? ' A line below a bar reaches from the shortest to the longest outage of several runs.' : ''}`,
    },
    [
      spaceRow(4),
      ...sides.map((side) => barRow(side, x, look)),
      axisRow(range, 0, x, 'the last acknowledged write'),
      legendRow(pieceNames(sides).map((name) => ({ name, look: look(name) }))),
    ],
  );
}

/** The highest rate of all records, so that heights can be compared. */
const highest = (records: readonly LabRecord[], of: 'writesASecond' | 'readsASecond'): number =>
  Math.max(
    0,
    ...records.flatMap((record) => slicesOf(record.timeline, runRange(record)).map((slice) => slice[of])),
  );

interface Multiple {
  side: ComparedSide;
  record: LabRecord;
  /** From the origin of each record. */
  fromOrigin: Scale;
  mostWrites: number;
  mostReads: number;
}

/** One side of the small multiples: its faults, its writes and its reads. */
function multipleRows({ side, record, fromOrigin, mostWrites, mostReads }: Multiple): ChartRow[] {
  const zeroMs = originMs(record);
  const range = runRange(record);
  const x: Scale = (atMs) => fromOrigin(atMs - zeroMs);
  const slices = slicesOf(record.timeline, range);
  const { outage } = record.whole;
  const faults = record.bands.filter(({ kind }) => kind === 'fault');
  return [
    {
      height: 22,
      draw: (top) =>
        chartText({
          x: 0,
          y: top + 15,
          text: fitText(`${side.label}  ${side.lab}, ${side.stack}`, plotRight, fontSize),
          look: 'bold',
        }),
    },
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
    spaceRow(10),
  ];
}

/** The timelines of all sides below each other, on one scale, with their first faults above each other. */
export function renderTimelines({ sides, typical }: Comparison): Markup {
  const ranges = typical.map((record) => {
    const { fromMs, untilMs } = runRange(record);
    return { fromMs: fromMs - originMs(record), untilMs: untilMs - originMs(record) };
  });
  const range = {
    fromMs: Math.min(...ranges.map(({ fromMs }) => fromMs)),
    untilMs: Math.max(...ranges.map(({ untilMs }) => untilMs)),
  };
  const fromOrigin = linearScale(
    { from: range.fromMs, until: range.untilMs },
    { from: plotLeft, until: plotRight },
  );
  const scales = {
    fromOrigin,
    mostWrites: highest(typical, 'writesASecond'),
    mostReads: highest(typical, 'readsASecond'),
  };
  const rows = sides.flatMap((side, index) => {
    const record = typical[index];
    return record === undefined ? [] : multipleRows({ side, record, ...scales });
  });
  const zero = (top: number, bottom: number): Markup => verticalLine(fromOrigin(0), top, bottom, 'zero');
  return chart(
    {
      id: 'timelines',
      title: 'Timelines',
      description:
        'Writes and reads a second of each run on one scale, with its faults, failed writes and stale reads.',
    },
    [
      withBackdrop(rows, zero),
      axisRow(range, 0, fromOrigin, 'the first fault, or the start where there is none'),
      legendRow([
        { name: 'acknowledged writes', look: 'write' },
        { name: 'good reads', look: 'read' },
        { name: 'failed writes', look: 'failed' },
        { name: 'stale reads', look: 'stale' },
        { name: 'fault', look: 'fault' },
      ]),
    ],
  );
}
