import type { LabRecord } from '../../labs/record.js';
import type { LabSeries } from '../../labs/run/series.js';
import { codeBlock, escapeMarkdown, markdownTable } from './markdown-text.js';
import { headFigures, runLine, verdictSentence, verdictWords } from './report-head.js';
import { type ReportPart, reportSections } from './report-sections.js';

interface MarkdownOptions {
  /** Beside the report: the picture that it shows, from `renderTimelineSvg` and `chartFile`. */
  pictureFile?: string;
  /** When the lab was run several times; the record is one of its runs. */
  series?: LabSeries;
}

function part(of: ReportPart, { pictureFile }: MarkdownOptions): string {
  switch (of.kind) {
    case 'table':
      return markdownTable(of.table);
    case 'text':
      return `${escapeMarkdown(of.text)}\n`;
    case 'list':
      return `${escapeMarkdown(of.heading)}:\n\n${of.items.map((item) => `- ${escapeMarkdown(item)}\n`).join('')}`;
    case 'code':
      return codeBlock(of.text, 'yaml');
    case 'pictures':
      return pictureFile === undefined
        ? ''
        : `![Writes and reads a second, with faults, operations and phases](${encodeURI(pictureFile)})\n`;
  }
}

/** The same report as `renderHtmlReport` in Markdown (CommonMark with GFM's tables), to be put into another text. */
export function renderMarkdownReport(record: LabRecord, options: MarkdownOptions = {}): string {
  const { title, about, verdict } = record;
  const figures = headFigures(record).map(({ name, value }) => `${name}: ${value}`);
  const sections = reportSections(record, options.series).map(({ title: heading, parts }) =>
    [`## ${escapeMarkdown(heading)}\n`, ...parts.map((each) => part(each, options))]
      .filter((text) => text !== '')
      .join('\n'),
  );
  return [
    `# ${escapeMarkdown(title)}\n`,
    `**${verdictWords[verdict].replace('?', '\\?')}.** ${escapeMarkdown(verdictSentence(record))}\n`,
    `${escapeMarkdown(figures.join(' · '))}\n`,
    ...(about === '' ? [] : [`${escapeMarkdown(about)}\n`]),
    `${escapeMarkdown(runLine(record))}\n`,
    ...sections,
  ].join('\n');
}
