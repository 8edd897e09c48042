import type { ComparedSide, Comparison } from '../../labs/compare/compare-runs.js';
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
} from './chart.js';
import { legendRow } from './chart-legend.js';
import { pieceName, pieceNames } from './compare-tables.js';
import { joined, type Markup, markup, noMarkup } from './markup.js';
import { linearScale, place, type Scale } from './scale.js';
import { fitText, textWidth } from './text-width.js';
import { axisRow } from './timeline-plots.js';

const barHeight = 22;
/** Colours of chart-css.ts for phases; with more phases they come again. */
const colours = 7;
/** At the right of the longest bar its length has to fit. */
const totalWidth = 84;
/** So many bars fit on a page of paper. */
const maxBars = 20;

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

const totalMs = ({ outagePhases }: ComparedSide): number =>
  outagePhases.reduce((sum, { durationMs }) => sum + durationMs, 0);

/** The outage of one side as one bar, cut into what halab was at; below it, from where to where its runs lay. */
function barRow(side: ComparedSide, x: Scale, look: PieceLook): ChartRow {
  const { label, lab, outagePhases, writeOutage } = side;
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
      const spread =
        writeOutage === null || writeOutage.runs === 1
          ? noMarkup
          : spreadLine(x(writeOutage.min), x(writeOutage.max), top + barHeight + 5);
      const total = outagePhases.length === 0 ? 'no write outage is known' : formatMs(totalMs(side));
      const name = fitText(`${label}: ${lab}`, plotLeft - 8, fontSize);
      return joined([
        chartText({ x: 0, y: top + 15, text: name }),
        ...pieces,
        spread,
        chartText({ x: x(totalMs(side)) + 6, y: top + 15, text: total, look: 'bold' }),
      ]);
    },
  };
}

/** The write outages of all sides on one scale, each cut into its phases. More than a page holds are several pictures. */
export function renderOutageBars({ sides }: Comparison): Markup[] {
  const longestMs = Math.max(1, ...sides.flatMap((side) => [totalMs(side), side.writeOutage?.max ?? 0]));
  const x = linearScale({ from: 0, until: longestMs }, { from: plotLeft, until: plotRight - totalWidth });
  const look = lookOf(sides);
  const legend = pieceNames(sides).map((name) => ({ name, look: look(name) }));
  const pages = Array.from({ length: Math.ceil(sides.length / maxBars) }, (_, page) =>
    sides.slice(page * maxBars, (page + 1) * maxBars),
  );
  return pages.map((shown, page) => {
    const lengths = shown
      .map(({ label, figures }) => `${label}: ${formatMs(figures.writeOutageMs)}`)
      .join('; ');
    const spread = shown.some(({ runs }) => runs > 1)
      ? ' A line below a bar reaches from the shortest to the longest outage of several runs.'
      : '';
    return chart(
      {
        id: `outages-${page + 1}`,
        title: 'Write outages by phases',
        description: `${lengths}. The table holds the phases.${spread}`,
      },
      [
        spaceRow(4),
        ...shown.map((side) => barRow(side, x, look)),
        axisRow({ fromMs: 0, untilMs: longestMs }, 0, x, 'the last acknowledged write'),
        legendRow(legend),
      ],
    );
  });
}
