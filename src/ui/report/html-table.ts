import { type Markup, markup, noMarkup } from './markup.js';
import type { ReportTable } from './report-table.js';

/** Spaces before a name show that its row belongs to the one above. */
const indented = (cell: string): string => cell.replace(/^ +/, (spaces) => '\u00a0'.repeat(spaces.length));

/** A table with caption and scopes, in a frame of its own: a wide one scrolls inside it, and the page does not. */
export function htmlTable({ caption, header, rows, right, prose }: ReportTable): Markup {
  if (rows.length === 0) return noMarkup;
  const kind = (column: number): Markup => (right.includes(column) ? markup` class="figure"` : noMarkup);
  const cells = (row: readonly string[]): Markup[] =>
    row.map((cell, column) =>
      column === 0
        ? markup`<th scope="row"${kind(column)}>${indented(cell)}</th>`
        : markup`<td${kind(column)}>${cell}</td>`,
    );
  return markup`<div class="frame" role="region" tabindex="0" aria-label="${caption}"><table${prose === true ? markup` class="prose"` : noMarkup}>
<caption><span>${caption}</span></caption>
<thead><tr>${header.map((cell, column) => markup`<th scope="col"${kind(column)}>${cell}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => markup`<tr>${cells(row)}</tr>\n`)}</tbody>
</table></div>
`;
}
