import type { Band, LabRecord } from '../../labs/record.js';
import { formatMs } from '../format.js';
import { type ChartRow, chartBox, chartText, fontSize, plotLeft, plotRight, spaceRow } from './chart.js';
import { joined } from './markup.js';
import { formatOffset, originMs } from './offset.js';
import { type Labelled, placeLabels } from './place-labels.js';
import type { Scale } from './scale.js';
import type { TimeRange } from './slices.js';

/** A fault, an operation, a phase or a window, on the run's clock. */
interface Span extends TimeRange {
  name: string;
}

const laneHeight = 20;
/** With more the picture would leave its page of paper. */
const maxLanes = 16;

interface BandRowOptions {
  name: string;
  /** The class of its colour. */
  look: string;
  x: Scale;
  /** What the times in the titles are counted from. */
  zeroMs: number;
}

/** Spans of one kind in as many lanes as their labels need; nothing when there are none. */
export function bandRow(spans: readonly Span[], { name, look, x, zeroMs }: BandRowOptions): ChartRow {
  if (spans.length === 0) return spaceRow(0);
  const items = spans.map((span): Labelled & { span: Span } => ({
    text: span.name,
    from: x(span.fromMs),
    until: x(span.untilMs),
    span,
  }));
  const { placed, lanes, left } = placeLabels(items, {
    from: plotLeft,
    until: plotRight,
    fontSize,
    maxLanes,
  });
  const title = ({ name: of, fromMs, untilMs }: Span): string =>
    `${of}: ${formatOffset(fromMs - zeroMs)} to ${formatOffset(untilMs - zeroMs)}, ${formatMs(untilMs - fromMs)}`;
  const more = left === 0 ? '' : `and ${left} more: the table has them`;
  return {
    height: (lanes + (left === 0 ? 0 : 1)) * laneHeight + 4,
    draw: (top) =>
      joined([
        chartText({ x: 0, y: top + 14, text: name }),
        ...placed.flatMap(({ item, lane, from, until, label, labelX }) => {
          const y = top + lane * laneHeight;
          return [
            chartBox(
              { x: from, y: y + 1, width: until - from, height: laneHeight - 3 },
              look,
              title(item.span),
            ),
            chartText({ x: labelX, y: y + 14, text: label }),
          ];
        }),
        chartText({ x: plotLeft, y: top + lanes * laneHeight + 14, text: more, look: 'muted' }),
      ]),
  };
}

const groups = [
  { kind: 'fault', name: 'Faults' },
  { kind: 'operation', name: 'Operations' },
  { kind: 'phase', name: 'Phases' },
] as const;

/** What was done to what. */
export const bandName = ({ name, node }: Band): string =>
  node === null || name.includes(node) ? name : `${name} ${node}`;

/** Windows, faults, operations and phases below each other. */
export function bandRows(record: LabRecord, range: TimeRange, x: Scale): ChartRow[] {
  const zeroMs = originMs(record);
  const within = <Each extends TimeRange>(spans: readonly Each[]): Each[] =>
    spans.filter(({ fromMs, untilMs }) => fromMs < range.untilMs && untilMs > range.fromMs);
  return [
    // A single one is the whole run.
    bandRow(record.windows.length < 2 ? [] : within(record.windows), {
      name: 'Windows',
      look: 'window',
      x,
      zeroMs,
    }),
    ...groups.map(({ kind, name }) =>
      bandRow(
        within(record.bands.filter((band) => band.kind === kind)).map((band) => ({
          ...band,
          name: bandName(band),
        })),
        { name, look: kind, x, zeroMs },
      ),
    ),
  ];
}
