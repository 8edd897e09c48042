import { HalabError } from '../errors/halab-error.js';
import { openSession, type PostgresSession } from '../nodes/postgres/client.js';
import { newestTimeline, replaysLate } from '../nodes/postgres/server-state.js';
import type { StackAccess } from '../stack/access.js';
import { getNode, nodesOfKind, requireRunning, type Stack, type StackNode } from '../stack/stack.js';

export interface Candidate {
  node: StackNode;
  /** As superuser; the caller gives it back. */
  session: PostgresSession;
  /** The other nodes that say they are replicas: they go on, and follow the one that is promoted. */
  followers: StackNode[];
}

interface Answer {
  node: StackNode;
  session: PostgresSession;
  replica: boolean;
  timeline: number;
  /** Bytes of WAL from 0/0 on. */
  received: bigint;
  /** It replays late on purpose, or not at all. */
  late: boolean;
}

async function askReceived(node: StackNode, access: StackAccess): Promise<Answer> {
  const session = await openSession(access.postgres(node, 'postgres'));
  try {
    const [row] = await session.query<{ replica: boolean; timeline: number; lsn: string; late: boolean }>(
      `SELECT pg_is_in_recovery() AS replica, ${newestTimeline} AS timeline,
         (coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn(), '0/0') - '0/0')::text AS lsn,
         ${replaysLate} AS late`,
    );
    const { replica = false, timeline = 0, lsn = '0', late = false } = row ?? {};
    return { node, session, replica, timeline, received: BigInt(lsn), late };
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * The most WAL first; of the same, one that replays it at once. What was received on an older timeline is no part of the newest history; and a node that is
 * primary already was promoted by a failover that did not end.
 */
const byWal = (a: Answer, b: Answer): number =>
  b.timeline - a.timeline ||
  Number(a.replica) - Number(b.replica) ||
  (a.received === b.received ? 0 : a.received < b.received ? 1 : -1) ||
  Number(a.late) - Number(b.late);

/**
 * The node to promote: the one that was asked for, else of the running nodes that the proxy does not send writes
 * to the one that has received the most WAL. The current primary is not asked: it may be hung.
 *
 * @throws NO_REPLICA, NODE_NOT_FOUND, NODE_NOT_RUNNING; what pg throws when the node that was asked for does not answer
 */
export async function chooseCandidate(
  stack: Stack,
  access: StackAccess,
  wanted: string | undefined,
  current: string | undefined,
): Promise<Candidate> {
  if (wanted !== undefined) requireRunning(getNode(stack, wanted, 'postgres'));
  const running = nodesOfKind(stack, 'postgres').filter(
    ({ state, name }) => state === 'running' && (name !== current || name === wanted),
  );
  const attempts = await Promise.allSettled(running.map((node) => askReceived(node, access)));
  const answers = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  answers.sort(byWal);
  const best = wanted === undefined ? answers[0] : answers.find(({ node }) => node.name === wanted);
  const rest = answers.filter((answer) => answer !== best);
  await Promise.all(rest.map(({ session }) => session[Symbol.asyncDispose]()));
  if (best !== undefined) {
    const followers = rest.filter(({ replica }) => replica).map(({ node }) => node);
    return { node: best.node, session: best.session, followers };
  }
  const silent = attempts[running.findIndex(({ name }) => name === wanted)];
  if (silent?.status === 'rejected') throw silent.reason;
  throw new HalabError('NO_REPLICA', 'There is no running replica to promote.', {
    hint: 'See the nodes: halab status. Start one: halab start NODE.',
  });
}
