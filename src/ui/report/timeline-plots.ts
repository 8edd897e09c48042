import type { Outage } from '../../measure/outage.js';
import { formatMs } from '../format.js';
import {
  type ChartRow,
  chartBox,
  chartText,
  fontSize,
  horizontalLine,
  plotLeft,
  plotRight,
  verticalLine,
} from './chart.js';
import { joined, type Markup, markup, noMarkup } from './markup.js';
import { formatCount } from './report-table.js';
import { linearScale, niceStep, place, type Scale, ticks } from './scale.js';
import type { Slice, TimeRange } from './slices.js';
import { textWidth } from './text-width.js';

const stripHeight = 20;

/** One area of equal steps: the rate of each slice, from the base. */
function areaPath(slices: readonly (TimeRange & { rate: number })[], x: Scale, y: Scale): string {
  const [first] = slices;
  if (first === undefined) return '';
  const base = place(y(0));
  const steps = slices.map(({ untilMs, rate }) => `V${place(y(rate))}H${place(x(untilMs))}`);
  return `M${place(x(first.fromMs))} ${base}${steps.join('')}V${base}Z`;
}

/** A bracket from the last good operation to the next one. Below it the plot is empty: there is room for its label. */
function bracket(label: string, range: TimeRange, top: number, x: Scale): Markup {
  const from = Math.min(x(range.fromMs), plotRight - 2);
  const until = Math.max(from + 2, x(range.untilMs));
  const y = top + stripHeight - 9;
  const width = textWidth(label, fontSize);
  const fitsInside = width + 8 <= until - from;
  const fitsRight = until + 6 + width <= plotRight;
  const labelX = fitsInside ? (from + until - width) / 2 : fitsRight ? until + 6 : from - 6 - width;
  const path = `M${place(from)} ${place(y + 9)}V${place(y)}H${place(until)}V${place(y + 9)}`;
  return joined([
    markup`<path d="${path}" class="outage"/>`,
    chartText({ x: labelX, y: fitsInside ? y + 18 : y + 5, text: label, look: 'bold' }),
  ]);
}

/** The outage as a picture shows it: only one that the clients could tell from their usual gaps. */
export function shownOutage(outage: Outage | null, until: number): (TimeRange & { outageMs: number }) | null {
  if (outage?.lastGoodMs === null || outage?.lastGoodMs === undefined) return null;
  if (outage.resolutionMs === null || outage.outageMs <= outage.resolutionMs) return null;
  return { fromMs: outage.lastGoodMs, untilMs: outage.firstGoodMs ?? until, outageMs: outage.outageMs };
}

interface PlotOptions {
  /** Two lines at its left. */
  name: readonly [string, string];
  look: string;
  height: number;
  x: Scale;
  outage: (TimeRange & { outageMs: number }) | null;
  /** The highest rate of the scale; that of the slices when left out. Pictures beside each other need the same. */
  most?: number;
}

/** A rate over time as an area, with its scale at the left. */
export function plotRow(
  slices: readonly (TimeRange & { rate: number })[],
  { name, look, height, x, outage, most = Math.max(0, ...slices.map(({ rate }) => rate)) }: PlotOptions,
): ChartRow {
  const step = niceStep(most / 3);
  const until = Math.max(step, Math.ceil(most / step) * step);
  return {
    height: stripHeight + height + 8,
    draw: (top) => {
      const bottom = top + stripHeight + height;
      const y = linearScale({ from: 0, until }, { from: bottom, until: top + stripHeight });
      return joined([
        ...ticks({ from: 0, until }, until / step).flatMap((value) => [
          horizontalLine(y(value), value === 0 ? 'base' : 'grid'),
          chartText({ x: plotLeft - 6, y: y(value) + 4, text: shortCount(value), look: 'muted end' }),
        ]),
        chartText({ x: 0, y: top + stripHeight + height / 2 - 4, text: name[0] }),
        chartText({ x: 0, y: top + stripHeight + height / 2 + 12, text: name[1], look: 'muted' }),
        markup`<path d="${areaPath(slices, x, y)}" class="${look}"/>`,
        outage === null ? noMarkup : bracket(`outage ${formatMs(outage.outageMs)}`, outage, top, x),
      ]);
    },
  };
}

const markHeight = 18;

/** Beside the name of a row is room for six digits. */
const shortCount = (value: number): string =>
  value < 1_000_000
    ? formatCount(value)
    : value.toLocaleString('en-US', { notation: 'compact', maximumFractionDigits: 1 });

type Marks = 'writesFailed' | 'writesIndeterminate' | 'readsFailed' | 'readsStale';

/** When something went wrong: a mark for each slice, higher the more there was of it. */
export function marksRow(
  slices: readonly Slice[],
  { name, of, look, x }: { name: string; of: Marks; look: string; x: Scale },
): ChartRow {
  const most = Math.max(1, ...slices.map((slice) => slice[of]));
  const total = slices.reduce((sum, slice) => sum + slice[of], 0);
  return {
    height: markHeight,
    draw: (top) =>
      joined([
        chartText({ x: 0, y: top + 13, text: name }),
        chartText({ x: plotLeft - 6, y: top + 13, text: shortCount(total), look: 'muted end' }),
        horizontalLine(top + markHeight - 1, 'grid'),
        ...slices.flatMap((slice) => {
          if (slice[of] === 0) return [];
          // The root keeps a single error visible beside a slice with a thousand.
          const height = Math.max(5, Math.sqrt(slice[of] / most) * (markHeight - 4));
          const from = Math.min(x(slice.fromMs), plotRight - 2);
          const width = Math.max(2, x(slice.untilMs) - from);
          return [chartBox({ x: from, y: top + markHeight - 1 - height, width, height }, look)];
        }),
      ]),
  };
}

/** The time axis: seconds, or milliseconds where the range is short. */
export function axisRow(range: TimeRange, zeroMs: number, x: Scale, title: string): ChartRow {
  const from = range.fromMs - zeroMs;
  const until = range.untilMs - zeroMs;
  const inSeconds = until - from > 3000;
  const unit = inSeconds ? 1000 : 1;
  const values = ticks({ from: from / unit, until: until / unit }, 8);
  return {
    height: 44,
    draw: (top) =>
      joined([
        horizontalLine(top + 2, 'base'),
        ...values.flatMap((value) => {
          const at = x(zeroMs + value * unit);
          const text = String(value).replace('-', '−');
          const half = textWidth(text, fontSize) / 2;
          return [
            verticalLine(at, top + 2, top + 7, 'base'),
            chartText({ x: Math.min(at, plotRight + 12 - half), y: top + 20, text, look: 'middle muted' }),
          ];
        }),
        chartText({
          x: (plotLeft + plotRight) / 2,
          y: top + 38,
          text: `${inSeconds ? 'seconds' : 'milliseconds'} from ${title}`,
          look: 'middle muted',
        }),
      ]),
  };
}
