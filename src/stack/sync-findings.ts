import { typed } from '../errors/typed.js';
import { readQuorum } from '../nodes/postgres/sync.js';
import type { Finding, Snapshot } from './snapshot.js';

/** Whether writes wait for replicas that are not there, or for nobody though the stack was asked to replicate synchronously. */
export function syncFindings({ stack, detail }: Pick<Snapshot, 'stack' | 'detail'>): Finding[] {
  const { primary, sync, standbys } = detail;
  if (primary === null || sync === null || sync.mode === 'off') return [];
  const { needed, replicas } = readQuorum(sync.names);
  if (needed === 0) {
    return [
      {
        severity: 'warning',
        code: 'sync-suspended',
        message: `${primary} waits for no replica, though --sync is ${sync.mode}: a write that is acknowledged is on one server.`,
        hint: typed(stack, 'repair'),
      },
    ];
  }
  const answering = standbys.filter(({ name, state }) => replicas.includes(name) && state === 'streaming');
  if (answering.length >= needed) return [];
  return [
    {
      severity: 'critical',
      code: 'sync-waits',
      message: `Writes wait: ${primary} needs the answers of ${needed} of ${replicas.join(', ')}, and ${answering.length} of them stream.`,
      hint: `start what is away, or do without: ${typed(stack, 'up --sync off')}`,
    },
  ];
}
