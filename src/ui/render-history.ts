import type { HistoryEntry } from '../history/history.js';
import { formatMs } from './format.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';

function timelineCell({ timeline }: HistoryEntry): string {
  if (timeline === null) return '–';
  const { before, after } = timeline;
  return before === after ? String(after ?? '?') : `${before ?? '?'} → ${after ?? '?'}`;
}

/** What was done to a stack, oldest first, as the times of day of UTC. */
export function renderHistory(stack: string, entries: readonly HistoryEntry[], style: Style): string {
  const { paint } = style;
  if (entries.length === 0) return `Nothing was done to the stack ${stack} yet that the history keeps.\n`;
  return [
    renderTable(
      ['TIME (UTC)', 'WHAT', 'NODE', 'TIMELINE', 'TOOK', 'WHY'],
      entries.map((entry) => [
        entry.at.slice(0, 19).replace('T', ' '),
        entry.outcome === 'done' ? entry.operation : `${entry.operation} ${paint.red(entry.outcome)}`,
        entry.node ?? '–',
        timelineCell(entry),
        formatMs(entry.durationMs),
        entry.cause,
      ]),
      style,
      [4],
    ),
    '',
  ].join('\n');
}
