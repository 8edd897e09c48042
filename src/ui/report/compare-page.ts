import type { Comparison } from '../../labs/compare-runs.js';
import { renderOutageBars, renderTimelines } from './compare-svg.js';
import { comparisonNotes, differencesTable, figuresTable, phasesTable, sideLine } from './compare-tables.js';
import { htmlTable } from './html-table.js';
import { markup } from './markup.js';
import { figure, page } from './page.js';

/** A comparison as one page that needs nothing else, as `renderHtmlReport` for one run. */
export function renderComparePage(comparison: Comparison): string {
  const { sides } = comparison;
  const title = `${sides.length} runs side by side`;
  return page(
    title,
    markup`<header>
<h1>${title}</h1>
<dl>
${sides.map((side) => markup`<div><dt><strong>${side.label}</strong></dt><dd>${sideLine(side)}</dd></div>\n`)}</dl>
</header>
<section>
<h2>Figures</h2>
${htmlTable(figuresTable(comparison))}${comparisonNotes(comparison).map((note) => markup`<p>${note}</p>\n`)}${htmlTable(differencesTable(comparison))}</section>
<section>
<h2>Write outages by phases</h2>
${figure('Write outages by phases', renderOutageBars(comparison))}${htmlTable(phasesTable(comparison))}</section>
<section>
<h2>Timelines</h2>
${figure('Timelines', renderTimelines(comparison))}</section>
`,
  );
}
