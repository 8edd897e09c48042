import type { LabRecord } from '../../labs/record.js';
import type { LabSeries } from '../../labs/run/series.js';
import { clientNotes, operationsTable, outageTable, sourcesTable } from './client-tables.js';
import {
  bandsTable,
  momentsTable,
  stepsTable,
  windowExtraTable,
  windowLatencyTable,
  windowsTable,
} from './course-tables.js';
import { machineTable } from './machine-table.js';
import type { ReportTable } from './report-table.js';
import { runsTable, spreadsTable } from './series-tables.js';
import { timelineTable } from './timeline-table.js';
import {
  assertionsTable,
  keysHeading,
  ledgerSentence,
  ledgerTable,
  lostByPartTable,
  presenceTable,
} from './verdict-tables.js';

/** A piece of a report, for each of its formats. */
export type ReportPart =
  | { kind: 'table'; table: ReportTable }
  | { kind: 'text'; text: string }
  | { kind: 'list'; heading: string; items: readonly string[] }
  | { kind: 'code'; text: string }
  /** Where the pictures of the run stand. */
  | { kind: 'pictures' };

export interface ReportSection {
  title: string;
  parts: readonly ReportPart[];
}

const table = (of: ReportTable): ReportPart[] => (of.rows.length === 0 ? [] : [{ kind: 'table', table: of }]);
const text = (line: string): ReportPart => ({ kind: 'text', text: line });

function ledgerParts({ ledger, windows }: LabRecord): ReportPart[] {
  if (ledger === null) return [text('Nobody wrote: there is no ledger.')];
  const { lostKeys, unexpectedKeys, lost, unexpected } = ledger;
  const keys = (what: string, listed: readonly string[], all: number | null): ReportPart[] =>
    listed.length === 0 ? [] : [{ kind: 'list', heading: keysHeading(what, listed, all), items: listed }];
  return [
    text(ledgerSentence(ledger)),
    ...table(ledgerTable(ledger)),
    ...table(presenceTable(ledger)),
    ...(windows.length < 2 ? [] : table(lostByPartTable(ledger))),
    ...keys('lost', lostKeys, lost),
    ...keys('unexpected', unexpectedKeys, unexpected),
  ];
}

const orElse = (parts: readonly ReportPart[], line: string): readonly ReportPart[] =>
  parts.length === 0 ? [text(line)] : parts;

/** The whole report below its verdict, in the order in which it is read. */
export function reportSections(record: LabRecord, series?: LabSeries): ReportSection[] {
  const { windows, evidence, next } = record;
  return [
    {
      title: 'What the clients felt',
      parts: [
        ...table(outageTable(record)),
        ...table(operationsTable(record)),
        ...table(sourcesTable(record)),
        ...clientNotes(record).map(text),
      ],
    },
    ...(series === undefined
      ? []
      : [
          {
            title: 'All runs',
            parts: [
              ...table(spreadsTable(series)),
              ...table(assertionsTable(series, 'Assertions over all runs')),
              ...table(runsTable(series)),
              text('The rest of this report is about one of them.'),
            ],
          },
        ]),
    { title: 'Moments', parts: orElse(table(momentsTable(record)), 'None was noted.') },
    {
      title: 'Timeline',
      parts: [{ kind: 'pictures' }, ...table(bandsTable(record)), ...table(timelineTable(record))],
    },
    // A lab that names no parts has one all the same, and it is the whole run.
    ...(windows.length < 2
      ? []
      : [
          {
            title: 'Windows',
            parts: [
              ...table(windowsTable(record)),
              ...table(windowLatencyTable(record)),
              ...table(windowExtraTable(record)),
            ],
          },
        ]),
    { title: 'Ledger', parts: ledgerParts(record) },
    { title: 'Assertions', parts: orElse(table(assertionsTable(record)), 'The lab has none.') },
    { title: 'Steps', parts: orElse(table(stepsTable(record)), 'The lab has none.') },
    { title: 'Machine', parts: table(machineTable(record)) },
    { title: 'The lab’s file', parts: [{ kind: 'code', text: record.source }] },
    ...(evidence === null && next.length === 0
      ? []
      : [
          {
            title: 'How to go on',
            parts: [
              ...(evidence === null ? [] : [text(`The evidence is in ${evidence}.`)]),
              ...(next.length === 0 ? [] : [{ kind: 'list' as const, heading: 'Commands', items: next }]),
            ],
          },
        ]),
  ];
}
