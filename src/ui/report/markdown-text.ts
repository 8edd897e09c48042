import { writable } from './markup.js';
import type { ReportTable } from './report-table.js';

/** What Markdown would read as something else: CommonMark 2.4, and the tables, struck text and addresses of GFM. */
const special = /[\\`*_[\]<>#|~&$]|:(?=\/\/)/g;
/** What begins a list, or makes a heading of the line before. */
const specialAtStart = /^[-+=]|(?<=^\d+)[.)]/;

const escaped = (character: string): string => `\\${character}`;

/** Text within a line that Markdown shows as it is. */
const escapeInline = (text: string): string =>
  writable(text)
    .replaceAll(/\s*[\r\n\u2028\u2029]+\s*/g, ' ')
    .trim()
    .replaceAll(special, escaped);

/** Text of a line of its own that Markdown shows as it is. */
export const escapeMarkdown = (text: string): string => escapeInline(text).replace(specialAtStart, escaped);

/** A fenced block whose fence is longer than any run of backticks in it. */
export function codeBlock(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${writable(text).replace(/\n+$/, '')}\n${fence}\n`;
}

/** With its caption as a line above; nothing when the table has no rows. */
export function markdownTable({ caption, header, rows, right }: ReportTable): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeInline).join(' | ')} |`;
  return [
    `${escapeMarkdown(caption)}:`,
    '',
    line(header),
    `| ${header.map((_, column) => (right.includes(column) ? '---:' : '---')).join(' | ')} |`,
    ...rows.map(line),
    '',
  ].join('\n');
}
