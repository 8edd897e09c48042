import Table from 'cli-table3';
import type { Style } from './style.js';

/** A table without frames: header, rows, columns two spaces apart. Cells may hold colours. */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { paint }: Style,
  right: readonly number[] = [],
): string {
  const none = '';
  const table = new Table({
    head: header.map((cell) => paint.dim(cell)),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    colAligns: header.map((_, column) => (right.includes(column) ? 'right' : 'left')),
    chars: {
      top: none,
      'top-mid': none,
      'top-left': none,
      'top-right': none,
      bottom: none,
      'bottom-mid': none,
      'bottom-left': none,
      'bottom-right': none,
      left: none,
      'left-mid': none,
      mid: none,
      'mid-mid': none,
      right: none,
      'right-mid': none,
      middle: none,
    },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
