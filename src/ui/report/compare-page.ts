import type { Comparison } from '../../labs/compare/compare-runs.js';
import { renderOutageBars } from './compare-outages-svg.js';
import { comparisonNotes, differencesTable, figuresTable, phasesTable, sideLine } from './compare-tables.js';
import { renderTimelines } from './compare-timelines-svg.js';
import { htmlTable } from './html-table.js';
import { markup } from './markup.js';
import { figure, page } from './page.js';

/** A comparison as one page that needs nothing else, as `renderHtmlReport` for one run. */
export function renderComparePage(comparison: Comparison): string {
  const { sides } = comparison;
  const what = sides.every(({ runs }) => runs === 1) ? 'runs' : 'series of runs';
  const title = `${sides.length} ${what} side by side`;
  return page(
    title,
    markup`<header>
<h1>${title}</h1>
<dl class="sides">
${sides.map((side) => markup`<dt>${side.label}</dt><dd>${sideLine(side)}</dd>\n`)}</dl>
</header>
<section>
<h2>Figures</h2>
${htmlTable(figuresTable(comparison))}${comparisonNotes(comparison).map((note) => markup`<p>${note}</p>\n`)}${htmlTable(differencesTable(comparison))}</section>
<section>
<h2>Write outages by phases</h2>
${renderOutageBars(comparison).map((picture) => figure('Write outages by phases', picture))}${htmlTable(phasesTable(comparison))}</section>
<section>
<h2>Timelines</h2>
${renderTimelines(comparison).map((picture, index) => figure(`Timeline of ${sides[index]?.label ?? ''}`, picture))}</section>
`,
  );
}
