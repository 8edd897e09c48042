import { stripVTControlCharacters } from 'node:util';
import type { Comparison } from '../labs/compare/compare-runs.js';
import {
  comparisonNotes,
  differencesTable,
  figuresTable,
  maxSidesAsColumns,
  phasesTable,
  sideLine,
} from './report/compare-tables.js';
import type { ReportTable } from './report/report-table.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';
import { wrap } from './wrap.js';

/** So much of a name leaves room for four columns of figures in 80. */
const nameLength = 18;

const cut = (name: string): string =>
  name.length <= nameLength ? name : `${name.slice(0, nameLength - 1)}…`;

const widthOf = (table: string): number =>
  Math.max(
    ...stripVTControlCharacters(table)
      .split('\n')
      .map(({ length }) => length),
  );

/** Names are cut only where the table is wider than the terminal. */
function shown({ header, rows, right }: ReportTable, style: Style): string {
  const head = header.map((cell) => cell.toUpperCase());
  const whole = renderTable(head, rows, style, right);
  if (widthOf(whole) <= style.columns) return whole;
  return renderTable(
    head,
    rows.map(([name = '', ...cells]) => [cut(name), ...cells]),
    style,
    right,
  );
}

/** Runs side by side: who they are, their figures, the phases of their outages, what else is not alike. */
export function renderCompare(comparison: Comparison, style: Style, htmlFile: string | null): string {
  const { sides } = comparison;
  const { paint, columns } = style;
  const width = columns - 2;
  const phases = phasesTable(comparison);
  const differences = differencesTable(comparison);
  return [
    ...sides.map((side) => wrap(`${side.label}  ${sideLine(side)}`, width, '   ')),
    '',
    shown(figuresTable(comparison), style),
    '',
    ...(phases.rows.length === 0
      ? []
      : [
          `${phases.caption}:`,
          ...(sides.length <= maxSidesAsColumns
            ? [shown(phases, style)]
            : phases.rows.map(([label, pieces]) => wrap(`${label ?? ''}  ${pieces ?? ''}`, width, '   '))),
          '',
        ]),
    ...(differences.rows.length === 0
      ? []
      : [
          `${paint.yellow('!')} ${differences.caption}.`,
          ...differences.rows.map(([what, which]) => wrap(`  ${what}: ${which}`, width, '    ')),
          '',
        ]),
    ...comparisonNotes(comparison).map((note) => wrap(note, width)),
    ...(htmlFile === null ? [] : [`${paint.green('✔')} The page with the pictures is ${htmlFile}.`]),
    '',
  ].join('\n');
}
