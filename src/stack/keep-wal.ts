import { openSession } from '../nodes/postgres/client.js';
import { createSlots } from '../nodes/postgres/slots.js';
import { changeQuorum } from '../nodes/postgres/sync.js';
import type { StackAccess } from './access.js';
import type { Operation } from './operation.js';
import { nodesOfKind, type Stack, type StackNode } from './stack.js';
import { waitUntilReady } from './verify.js';

/**
 * Slots on the primary for nodes that are to follow it, so that it keeps the WAL that they need; where the stack
 * replicates synchronously, their answers count from now on.
 *
 * @param primary the name of its node; without such a node nothing is done
 * @throws NODE_FAILED when it does not answer
 */
export async function keepWalFor(
  operation: Operation,
  stack: Stack,
  access: StackAccess,
  { primary, nodes }: { primary: string | undefined; nodes: readonly StackNode[] },
): Promise<void> {
  const node = nodesOfKind(stack, 'postgres').find(({ name }) => name === primary);
  const followers = nodes.filter(({ kind, name }) => kind === 'postgres' && name !== primary);
  if (node === undefined || followers.length === 0) return;
  await using session = await waitUntilReady(operation, node, () =>
    openSession(access.postgres(node, 'postgres')),
  );
  await createSlots(session, followers);
  await changeQuorum(session, (replicas) => [...replicas, ...followers.map(({ name }) => name)]);
}
