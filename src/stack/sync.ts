import { openSession } from '../nodes/postgres/client.js';
import { changeQuorum, type SyncMode, setSyncMode, waitForReplicas } from '../nodes/postgres/sync.js';
import { openAccess, type StackAccess } from './access.js';
import type { Operation } from './operation.js';
import { getNode, getStack, nodesOfKind, type Stack } from './stack.js';
import { waitUntilReady } from './verify.js';

const replicasOf = (stack: Stack, primary: string): string[] =>
  nodesOfKind(stack, 'postgres')
    .map(({ name }) => name)
    .filter((name) => name !== primary);

/**
 * Has the primary of a stack acknowledge a commit as this mode says: with the answers of a quorum of its replicas.
 *
 * @throws NODE_FAILED when it does not answer
 */
export async function applySync(
  operation: Operation,
  stack: Stack,
  access: StackAccess,
  { primary, mode }: { primary: string; mode: SyncMode },
): Promise<void> {
  const node = getNode(stack, primary, 'postgres');
  await using session = await waitUntilReady(operation, node, () =>
    openSession(access.postgres(node, 'postgres')),
  );
  await setSyncMode(session, mode);
  await waitForReplicas(session, mode === 'off' ? [] : replicasOf(stack, primary));
}

/** Where a stack replicates synchronously, has its primary wait for a quorum of all its replicas again. */
export async function restoreQuorum(operation: Operation, stackName: string, primary: string): Promise<void> {
  const stack = await getStack(operation.engine, stackName);
  const access = await openAccess(operation.engine, stack);
  await using session = await openSession(access.postgres(getNode(stack, primary, 'postgres'), 'postgres'));
  await changeQuorum(session, () => replicasOf(stack, primary));
}
