import type { Discarded, DiscardedRows } from '../failover/discarded.js';
import type { RejoinResult } from '../failover/rejoin.js';
import type { RejoinMethod } from '../failover/rejoin-plan.js';
import { formatBytes } from './format.js';
import { renderPhases } from './render-failover.js';
import { renderNext } from './render-next.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';
import { wrap } from './wrap.js';

const methods: Record<RejoinMethod, string> = {
  none: 'nothing to do',
  follow: 'a start as standby',
  rewind: 'pg_rewind',
  basebackup: 'a base backup',
};

const transactions = (count: number): string =>
  `${count} committed ${count === 1 ? 'transaction' : 'transactions'}`;

export const discardQuestion = (node: string, discarded: Discarded | undefined): string =>
  discarded === undefined
    ? `Nobody can tell what ${node} holds that the primary never had. Discard it?`
    : `${node} holds ${transactions(discarded.transactions)} that the primary never had. Discard them?`;

const rowsOf = ({ table, inserted, updated, deleted }: DiscardedRows): string[] => [
  table,
  String(inserted),
  String(updated),
  String(deleted),
];

function discardedLines({ discarded, dryRun }: RejoinResult, style: Style): string[] {
  const { paint } = style;
  if (discarded === null) return [];
  const { walBytes, fromLsn, toLsn, transactions: count, tables } = discarded;
  const verb = dryRun ? 'Would discard' : 'Discarded';
  const wal = `${formatBytes(walBytes)} of WAL from ${fromLsn} to ${toLsn}`;
  if (count === 0) return [`  ${verb}: ${wal}, in which no transaction was committed.`];
  return [
    `  ${paint.yellow(`${verb}: ${transactions(count)}`)} in ${wal}.`,
    ...(tables.length === 0
      ? []
      : ['', renderTable(['TABLE', 'INSERTED', 'UPDATED', 'DELETED'], tables.map(rowsOf), style, [1, 2, 3])]),
  ];
}

/** How a node came back, why so, what it lost, and how long each part took. */
export function renderRejoin(result: RejoinResult, style: Style): string {
  const { node, primary, method, reason, dryRun, timeline, phases } = result;
  const { paint, columns } = style;
  const how = methods[method];
  const headline =
    method === 'none'
      ? `${paint.green('✔')} ${reason}: nothing to do.`
      : dryRun
        ? `${node} would follow ${primary} by ${how}; nothing was changed.`
        : `${paint.green('✔')} ${paint.bold(node)} follows ${primary} by ${how}, on timeline ${timeline.after ?? '?'}.`;
  return [
    ...(phases.length === 0 ? [] : [renderPhases(phases, style), '']),
    headline,
    ...(method === 'none' ? [] : [`  Why: ${wrap(`${reason}.`, columns - 7, '       ')}`]),
    ...discardedLines(result, style),
    '',
    ...renderNext(result.next, style),
    '',
  ].join('\n');
}
