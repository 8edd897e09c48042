import { typed } from '../errors/typed.js';
import type { LagRow } from '../stack/snapshot.js';
import { formatBytes, formatMs } from './format.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';

export interface LagResult {
  stack: string;
  /** The server that was asked; null when no primary answers. */
  primary: string | null;
  replicas: LagRow[];
}

function slotLine({ slot }: LagRow, { paint }: Style): string {
  if (slot === null) return paint.yellow('no slot: WAL that the replica still needs may be removed');
  const { name, active, retainedBytes, walStatus } = slot;
  const state = active ? 'active' : paint.yellow('inactive');
  const status = walStatus === 'lost' ? paint.red('lost') : (walStatus ?? 'not known');
  return `${name}, ${state}, keeps ${formatBytes(retainedBytes)} of WAL (${status})`;
}

/** The primary measures time only while there is WAL to send: nothing behind is no time behind. */
const timeOf = (bytes: number | null, ms: number | null): string => formatMs(bytes === 0 ? 0 : ms);

function standbyLines(row: LagRow, style: Style): string[] {
  const { paint } = style;
  const state =
    row.state === 'streaming'
      ? `streaming${row.syncState === null ? '' : `, ${row.syncState}`}`
      : paint.red(row.state);
  const position = (name: string, lsn: string | null, bytes: number | null, ms: string): string[] => [
    `  ${name}`,
    lsn ?? '–',
    formatBytes(bytes),
    ms,
  ];
  return [
    `${paint.bold(row.standby)}: ${state}`,
    ...(row.state === 'not streaming'
      ? []
      : [
          renderTable(
            ['  WAL', 'LSN', 'BEHIND', 'TIME'],
            [
              position('sent', row.sentLsn, row.sentLagBytes, ''),
              position('flushed', row.flushLsn, row.flushLagBytes, timeOf(row.flushLagBytes, row.flushLagMs)),
              position(
                'replayed',
                row.replayLsn,
                row.replayLagBytes,
                timeOf(row.replayLagBytes, row.replayLagMs),
              ),
            ],
            style,
            [2, 3],
          ),
        ]),
    `  slot  ${slotLine(row, style)}`,
    '',
  ];
}

/** How far each replica is behind the primary, with its slot. No connection is no lag of 0: it says so. */
export function renderLag({ stack, primary, replicas }: LagResult, style: Style): string {
  const { paint } = style;
  if (primary === null) {
    return [
      `${paint.red('✖')} No primary of the stack ${stack} answers: lag cannot be told, nothing streams.`,
      `  ${paint.cyan('→')} ${typed(stack, 'status')}`,
      '',
    ].join('\n');
  }
  const broken = replicas.filter(({ state }) => state !== 'streaming');
  return [
    `Stack ${paint.bold(stack)}: what replicas have of the WAL of ${paint.bold(primary)}`,
    '',
    ...replicas.flatMap((row) => standbyLines(row, style)),
    ...(replicas.length === 0
      ? [`${paint.yellow('!')} No replica follows ${primary}, and no slot waits for one.`]
      : []),
    ...broken.map(({ standby, state }) => `${paint.red('✖')} ${standby}: ${state}`),
    ...(replicas.length === 0 || broken.length > 0
      ? [`  ${paint.cyan('→')} ${typed(stack, 'status')}`]
      : [paint.dim('TIME: from the flush on the primary to the flush and the replay there.')]),
    '',
  ].join('\n');
}
