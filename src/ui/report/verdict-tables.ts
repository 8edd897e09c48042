import type { LabRecord } from '../../labs/record.js';
import type { LedgerVerdict } from '../../measure/judge-ledger.js';
import type { WriteCounts } from '../../measure/write-entry.js';
import { columns, dash, formatCount, type ReportTable } from './report-table.js';

const mark = (passed: boolean | null): string =>
  passed === null ? '? undecided' : passed ? '✔ holds' : '✖ does not hold';

export const assertionsTable = (
  { assertions }: Pick<LabRecord, 'assertions'>,
  caption = 'Assertions, and what was observed',
): ReportTable => ({
  caption,
  header: ['Assertion', 'Verdict', 'Observed'],
  rows: assertions.map(({ text, passed, observed }) => [text, mark(passed), observed]),
  right: [],
  prose: true,
});

const counts = ({ attempted, acknowledged, failed, indeterminate }: WriteCounts): string[] =>
  [attempted, acknowledged, failed, indeterminate].map(formatCount);

const pathNames = {
  proxy: 'through the proxy',
  api: 'through the API',
  direct: 'straight into a server',
} as const;

export function ledgerTable(ledger: LedgerVerdict): ReportTable {
  const paths = (['proxy', 'api', 'direct'] as const).filter((path) => ledger.byPath[path].attempted > 0);
  return {
    caption: 'Writes by how they ended for their clients',
    header: ['Writes', 'Attempted', 'Acknowledged', 'Failed', 'Indeterminate'],
    rows: [
      ...paths.map((path) => [pathNames[path], ...counts(ledger.byPath[path])]),
      ['together', ...counts(ledger)],
    ],
    right: columns(1, 4),
  };
}

export const presenceTable = (ledger: LedgerVerdict): ReportTable => ({
  caption: 'What the final read found of them',
  header: ['What', 'Writes', 'Which means'],
  rows: [
    ['lost', formatCount(ledger.lost), 'acknowledged, and absent at the end'],
    ['recovered', formatCount(ledger.recovered), 'not acknowledged, and yet present'],
    ['failed, yet present', formatCount(ledger.failedYetPresent), 'of these, said to be certainly not done'],
    ['unexpected', formatCount(ledger.unexpected), 'present, and never attempted'],
  ],
  right: [1],
});

export const lostByPartTable = ({ lostByPart }: LedgerVerdict): ReportTable => ({
  caption: 'Lost writes by the window in which they ended',
  header: ['Window', 'Lost'],
  rows: Object.entries(lostByPart).map(([name, lost]) => [name, formatCount(lost)]),
  right: [1],
});

/** What the ledger comes to, in a sentence. */
export function ledgerSentence({ verdict, lost, unexpected }: LedgerVerdict): string {
  if (lost === null) return 'There was no final read: nothing is known of what is lost.';
  if (verdict === 'unknown') return 'No write was acknowledged: that none is lost says nothing.';
  if (verdict === 'valid') return 'Every acknowledged write is there.';
  const writes = lost === 1 ? '1 acknowledged write is' : `${formatCount(lost)} acknowledged writes are`;
  const rows = `${formatCount(unexpected)} rows are there that nobody wrote.`;
  if (lost === 0) return `Every acknowledged write is there, and ${rows}`;
  return `${writes} lost${unexpected === 0 ? '.' : `, and ${rows}`}`;
}

/** The heading of a list of keys: of more than are listed it says so. */
export const keysHeading = (what: string, keys: readonly string[], all: number | null): string =>
  keys.length === all
    ? `Keys of the ${what} writes`
    : `The first ${keys.length} keys of ${all ?? dash} ${what} writes`;
