import type { ComparedSide, Comparison } from '../../labs/compare/compare-runs.js';
import type { OutagePhase } from '../../labs/figures/outage-phases.js';
import type { Spread } from '../../labs/figures/spread.js';
import { formatMs } from '../format.js';
import { columns, dash, formatCount, formatLatency, formatTime, type ReportTable } from './report-table.js';

/** With more sides a row is a side: their columns would not fit into a terminal, or on a page. */
export const maxSidesAsColumns = 4;

/** `397–769 ms`, `0.40–1.20 s`. */
function formatRange(lowMs: number, highMs: number): string {
  if (highMs < 999.5) return `${Math.round(lowMs)}–${Math.round(highMs)} ms`;
  return `${(lowMs / 1000).toFixed(2)}–${(highMs / 1000).toFixed(2)} s`;
}

const verdictOf = ({ verdicts, runs }: ComparedSide): string => {
  const [only] = Object.entries(verdicts).filter(([, times]) => times === runs);
  if (runs === 1 && only !== undefined) return only[0];
  return `${verdicts.passed}/${runs} passed`;
};

const fromTo = (of: Spread | null): string => (of === null ? dash : formatRange(of.min, of.max));

const interval = (of: Spread | null): string =>
  of?.interval === null || of?.interval === undefined ? dash : formatRange(of.interval.low, of.interval.high);

const ratio = ({ writeOutageRatio: of }: ComparedSide): string => (of === null ? dash : of.ratio.toFixed(2));

const ratioInterval = ({ writeOutageRatio: of }: ComparedSide): string =>
  of?.interval === null || of?.interval === undefined
    ? dash
    : `${of.interval.low.toFixed(2)}–${of.interval.high.toFixed(2)}`;

type Row = readonly [string, (side: ComparedSide) => string];

const outageRows: readonly Row[] = [
  ['Write outage', ({ figures }) => formatMs(figures.writeOutageMs)],
  ['  from–to', ({ writeOutage }) => fromTo(writeOutage)],
  ['  95 % confidence', ({ writeOutage }) => interval(writeOutage)],
  ['  times that of A', ratio],
  ['  95 % confidence', ratioInterval],
  ['Read outage', ({ figures }) => formatMs(figures.readOutageMs)],
  ['  from–to', ({ readOutage }) => fromTo(readOutage)],
];

const countRows: readonly Row[] = [
  ['Lost writes', ({ figures }) => formatCount(figures.lost)],
  ['Failed writes', ({ figures }) => formatCount(figures.failedWrites)],
  ['Indeterminate', ({ figures }) => formatCount(figures.indeterminateWrites)],
  ['Failed reads', ({ figures }) => formatCount(figures.failedReads)],
  ['Stale reads', ({ figures }) => formatCount(figures.staleReads)],
  ['Write p50', ({ figures }) => formatLatency(figures.writeP50Ms)],
  ['Write p99', ({ figures }) => formatLatency(figures.writeP99Ms)],
  ['Read p50', ({ figures }) => formatLatency(figures.readP50Ms)],
  ['Read p99', ({ figures }) => formatLatency(figures.readP99Ms)],
];

/** Rows that are only of use when a side has several runs, or two have figures to be held against each other. */
const isOfUse = (cells: readonly string[], name: string): boolean =>
  !name.startsWith('  ') || cells.some((cell) => cell !== dash);

function sidesAsColumns(sides: readonly ComparedSide[]): ReportTable {
  const repeated = sides.some(({ runs }) => runs > 1);
  const rows: readonly Row[] = [
    ['Verdict', verdictOf],
    ...(repeated ? [['Runs', ({ runs }: ComparedSide) => String(runs)] as const] : []),
    ...outageRows.filter(([name]) => repeated || name !== '  from–to'),
    ...countRows,
  ];
  return {
    caption: 'Side by side',
    header: ['Figure', ...sides.map(({ label }) => label)],
    rows: rows.flatMap(([name, cell]) => {
      const cells = sides.map(cell);
      return isOfUse(cells, name) ? [[name, ...cells]] : [];
    }),
    right: columns(1, sides.length),
  };
}

const sidesAsRows = (sides: readonly ComparedSide[]): ReportTable => ({
  caption: 'Side by side',
  header: ['Run', 'Verdict', 'Write', 'Read', 'Lost', 'Failed', 'In doubt', 'Stale', 'p99'],
  rows: sides.map((side) => {
    const { label, figures } = side;
    return [
      label,
      verdictOf(side),
      formatMs(figures.writeOutageMs),
      formatMs(figures.readOutageMs),
      ...[figures.lost, figures.failedWrites, figures.indeterminateWrites, figures.staleReads].map(
        formatCount,
      ),
      formatLatency(figures.writeP99Ms),
    ];
  }),
  right: columns(2, 8),
});

/** Up to four sides are columns, more are rows. */
export const figuresTable = ({ sides }: Comparison): ReportTable =>
  sides.length <= maxSidesAsColumns ? sidesAsColumns(sides) : sidesAsRows(sides);

const gaps = { before: 'before a phase', between: 'between phases', after: 'until a write' } as const;

/** What a piece of an outage is called. */
export const pieceName = ({ phase, when }: OutagePhase): string =>
  phase ?? (when === 'during' ? dash : gaps[when]);

/** The names of all pieces, in the order in which they come. */
export function pieceNames(sides: readonly ComparedSide[]): string[] {
  const names: string[] = [];
  for (const { outagePhases } of sides) {
    let after = -1;
    for (const name of outagePhases.map(pieceName)) {
      const known = names.indexOf(name);
      if (known === -1) names.splice(after + 1, 0, name);
      // A phase that another one interrupted comes twice, and stands where it came first.
      after = known === -1 ? after + 1 : Math.max(after, known);
    }
  }
  return names;
}

const timeIn = ({ outagePhases }: ComparedSide, name: string): string => {
  const pieces = outagePhases.filter((piece) => pieceName(piece) === name);
  return pieces.length === 0 ? dash : formatMs(pieces.reduce((sum, { durationMs }) => sum + durationMs, 0));
};

const piecesOf = (side: ComparedSide): string =>
  pieceNames([side])
    .map((name) => `${name} ${timeIn(side, name)}`)
    .join(', ');

/** How long the write outage of each side was in each phase; with more than four sides a row is a side. */
export function phasesTable({ sides }: Comparison): ReportTable {
  const caption = sides.some(({ runs }) => runs > 1)
    ? 'The write outage by phases, of the run nearest to the median'
    : 'The write outage by phases';
  const measured = sides.filter(({ outagePhases }) => outagePhases.length > 0);
  if (sides.length > maxSidesAsColumns) {
    return {
      caption,
      header: ['Run', 'Phases'],
      rows: measured.map((side) => [side.label, piecesOf(side)]),
      right: [],
    };
  }
  return {
    caption,
    header: ['Phase', ...sides.map(({ label }) => label)],
    rows: pieceNames(sides).map((name) => [name, ...sides.map((side) => timeIn(side, name))]),
    right: columns(1, sides.length),
  };
}

/** `A, C: PostgreSQL 17.2; B: PostgreSQL 17.6` */
function groups(sides: readonly ComparedSide[], values: readonly string[]): string {
  const labels = new Map<string, string[]>();
  for (const [index, value] of values.entries())
    labels.set(value, [...(labels.get(value) ?? []), sides[index]?.label ?? '']);
  return [...labels].map(([value, of]) => `${of.join(', ')}: ${value}`).join('; ');
}

export const differencesTable = ({ sides, differences }: Comparison): ReportTable => ({
  caption: 'What else is not alike: figures may differ because of it',
  header: ['What', 'Which'],
  rows: differences.map(({ what, values }) => [what, groups(sides, values)]),
  right: [],
});

/** Which runs a side is, in a line. */
export const sideLine = ({ lab, stack, startedAt, runIds, file }: ComparedSide): string =>
  `${lab} on ${stack}, ${formatTime(startedAt)}, ${runIds.length === 1 ? `run ${runIds[0] ?? ''}` : `${runIds.length} runs`}, ${file}`;

/** How far the figures can be trusted. */
export function comparisonNotes({ sides, runsNeeded }: Comparison): string[] {
  const few = sides.filter(({ runs }) => runs < runsNeeded).map(({ label }) => label);
  const which = few.length === sides.length ? 'All sides' : few.join(', ');
  return [
    ...(sides.some(({ runs }) => runs > 1)
      ? ['Of several runs, a time is the median and a count the sum.']
      : []),
    ...(few.length === 0
      ? []
      : [
          `${which}: fewer than ${runsNeeded} runs, too few to tell a difference from chance (--repeat ${runsNeeded}).`,
        ]),
  ];
}
