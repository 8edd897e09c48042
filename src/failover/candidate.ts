import { HalabError } from '../errors/halab-error.js';
import { openSession, type PostgresSession } from '../nodes/postgres/client.js';
import type { StackAccess } from '../stack/access.js';
import { getNode, nodesOfKind, requireRunning, type Stack, type StackNode } from '../stack/stack.js';

export interface Candidate {
  node: StackNode;
  /** As superuser; the caller gives it back. */
  session: PostgresSession;
}

interface Answer extends Candidate {
  /** Bytes of WAL from 0/0 on. */
  received: bigint;
}

/** Undefined when the node cannot be asked. */
async function askReceived(node: StackNode, access: StackAccess): Promise<Answer | undefined> {
  let session: PostgresSession | undefined;
  try {
    session = await openSession(access.postgres(node, 'postgres'));
    const [row] = await session.query<{ lsn: string }>(
      `SELECT (coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn(), '0/0') - '0/0')::text AS lsn`,
    );
    return { node, session, received: BigInt(row?.lsn ?? 0) };
  } catch {
    await session?.[Symbol.asyncDispose]();
    return undefined;
  }
}

/**
 * The node to promote: the one that was asked for, else of the running nodes that the proxy does not send writes
 * to the one that has received the most WAL. The current primary is not asked: it may be hung.
 *
 * @throws NO_REPLICA, NODE_NOT_FOUND, NODE_NOT_RUNNING; what pg throws when the node cannot be asked
 */
export async function chooseCandidate(
  stack: Stack,
  access: StackAccess,
  wanted: string | undefined,
  current: string | undefined,
): Promise<Candidate> {
  if (wanted !== undefined) {
    const node = requireRunning(getNode(stack, wanted, 'postgres'));
    return { node, session: await openSession(access.postgres(node, 'postgres')) };
  }
  const running = nodesOfKind(stack, 'postgres').filter(
    ({ state, name }) => state === 'running' && name !== current,
  );
  const answers = await Promise.all(running.map((node) => askReceived(node, access)));
  const candidates = answers.filter((answer) => answer !== undefined);
  candidates.sort((a, b) => (a.received < b.received ? 1 : -1));
  const [best, ...rest] = candidates;
  await Promise.all(rest.map(({ session }) => session[Symbol.asyncDispose]()));
  if (best !== undefined) return best;
  throw new HalabError('NO_REPLICA', 'There is no running replica to promote.', {
    hint: 'See the nodes: halab status. Start one: halab start NODE.',
  });
}
