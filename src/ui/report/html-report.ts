import type { LabRecord } from '../../labs/record.js';
import type { LabSeries } from '../../labs/run/series.js';
import { htmlTable } from './html-table.js';
import { joined, type Markup, markup, noMarkup } from './markup.js';
import { originName } from './offset.js';
import { figure, page } from './page.js';
import { headFigures, runLine, verdictSentence, verdictWords } from './report-head.js';
import { type ReportPart, type ReportSection, reportSections } from './report-sections.js';
import { outageRange, renderTimelineSvg, runRange } from './timeline-svg.js';

function pictures(record: LabRecord): Markup {
  const near = outageRange(record);
  const whole = { id: 'run', title: 'The whole run', range: runRange(record) };
  const outage = near === null ? [] : [{ id: 'outage', title: 'Around the outage', range: near }];
  return joined(
    [whole, ...outage].map(
      (picture) =>
        markup`<h3>${picture.title}</h3>
${figure(`${picture.title}, from ${originName(record)}`, renderTimelineSvg(record, picture))}`,
    ),
  );
}

/** A figure and its unit stay on one line. */
const bound = (text: string): string => text.replaceAll(/(?<=\d) (?=(?:ms|s|min)\b)/g, '\u00a0');

function part(record: LabRecord, of: ReportPart): Markup {
  switch (of.kind) {
    case 'table':
      return htmlTable(of.table);
    case 'text':
      return markup`<p>${bound(of.text)}</p>
`;
    case 'list':
      return markup`<h3>${of.heading}</h3>
<ul class="keys">
${of.items.map((item) => markup`<li>${item}</li>\n`)}</ul>
`;
    case 'code':
      return markup`<pre tabindex="0"><code>${of.text}</code></pre>
`;
    case 'pictures':
      return pictures(record);
  }
}

const section = (record: LabRecord, { title, parts }: ReportSection): Markup =>
  markup`<section>
<h2>${title}</h2>
${parts.map((each) => part(record, each))}</section>
`;

/**
 * The report of a run as one page that needs nothing else: verdict, what the clients felt, moments, pictures, windows, ledger,
 * assertions, steps, machine, the lab's file. For a screen, light or dark, and for paper.
 *
 * @param series when the lab was run several times; the record is one of its runs
 */
export function renderHtmlReport(record: LabRecord, series?: LabSeries): string {
  const { title, about, verdict } = record;
  const sections = reportSections(record, series);
  const body = markup`<header>
<h1>${title}</h1>
<p class="verdict ${verdict}">${verdictWords[verdict]}<span>. ${verdictSentence(record)}</span></p>
<dl class="figures">
${headFigures(record).map(({ name, value }) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>
${about === '' ? noMarkup : markup`<p>${about}</p>`}
<p class="soft">${bound(runLine(record))}</p>
</header>
${sections.map((each) => section(record, each))}`;
  return page(`${title}: ${verdict}`, body);
}
