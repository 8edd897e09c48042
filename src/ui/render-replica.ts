import type { AddReplicaResult } from '../failover/add-replica.js';
import type { RemoveReplicaResult } from '../failover/remove-replica.js';
import { formatMs } from './format.js';
import type { Style } from './style.js';

const next = (commands: readonly string[], { paint }: Style): string[] =>
  commands.map((command) => `${paint.cyan('→')} ${command}`);

export function renderAddReplica(result: AddReplicaResult, style: Style): string {
  const { added, primary, port, streamingReplicas, durationMs } = result;
  const { paint } = style;
  return [
    `${paint.green('✔')} ${paint.bold(added)} streams from ${primary} after ${formatMs(durationMs)}, on port ${port}.`,
    `  Redundancy: ${streamingReplicas} streaming ${streamingReplicas === 1 ? 'replica' : 'replicas'}.`,
    '',
    ...next(result.next, style),
    '',
  ].join('\n');
}

export function renderRemoveReplica(result: RemoveReplicaResult, style: Style): string {
  const { removed, replicasLeft, durationMs } = result;
  const { paint } = style;
  return [
    `${paint.green('✔')} ${paint.bold(removed)} is removed with its slot and its data after ${formatMs(durationMs)}.`,
    replicasLeft.length === 0
      ? `${paint.yellow('!')} It was the last replica: there is no redundancy left.`
      : `  Left: ${replicasLeft.join(', ')}.`,
    '',
    ...next(result.next, style),
    '',
  ].join('\n');
}
