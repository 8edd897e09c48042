import { waitUntil } from '../clock/wait-until.js';
import { openSession } from '../nodes/postgres/client.js';
import { nodeConfFile } from '../nodes/postgres/kind.js';
import { readServerState } from '../nodes/postgres/server-state.js';
import { forkPassedBy } from '../nodes/postgres/timeline-history.js';
import type { StackAccess } from '../stack/access.js';
import type { Operation } from '../stack/operation.js';
import type { StackNode } from '../stack/stack.js';

/** A walreceiver looks every 100 ms (wal_retrieve_retry_interval); a busy machine takes longer. */
const followTimeoutMs = 10_000;

/** What became of the replicas that were told to follow another primary. */
export interface Repointed {
  streaming: string[];
  /** Those that hold WAL which the primary never received: they cannot follow as they are. */
  diverged: string[];
}

/**
 * Tells running replicas to follow this primary: a new node.conf and a reload. Neither a restart nor a base backup is
 * needed: the walreceiver ends and starts anew with the settings, and recovery goes over to the primary's timeline
 * (PostgreSQL manual, primary_conninfo and recovery_target_timeline). Those that do not answer are left.
 */
async function tellToFollow(
  { engine }: Operation,
  access: StackAccess,
  followers: readonly StackNode[],
  primary: string,
): Promise<void> {
  await Promise.allSettled(
    followers.map(async (node) => {
      await engine.putFiles(node.containerId, [nodeConfFile(node.name, primary)]);
      await using session = await openSession(access.postgres(node, 'postgres'));
      // What makes a server follow another is in node.conf; ALTER SYSTEM would come before it.
      await session.query('ALTER SYSTEM RESET primary_conninfo');
      await session.query('ALTER SYSTEM RESET primary_slot_name');
      await session.query('SELECT pg_reload_conf()');
    }),
  );
}

/**
 * Waits until each of these streams from the primary, or is seen not to be able to, or the time is over. One whose replay
 * is paused goes over to another timeline when it replays again.
 */
async function waitForFollowers(
  { clock, signal }: Operation,
  access: StackAccess,
  followers: readonly StackNode[],
  primary: StackNode,
): Promise<Repointed> {
  const result: Repointed = { streaming: [], diverged: [] };
  if (followers.length === 0) return result;
  const look = async (): Promise<Repointed | undefined> => {
    const leader = await readServerState(access.postgres(primary, 'monitor'));
    const states = await Promise.all(
      followers.map(async (node) => ({
        name: node.name,
        own: await readServerState(access.postgres(node, 'monitor')).catch(() => undefined),
      })),
    );
    result.diverged = states
      .filter(({ own }) => own !== undefined && forkPassedBy(own, leader.endedTimelines) !== undefined)
      .map(({ name }) => name);
    // To a diverged one the primary sends the old timeline from the start of a WAL file, as if it followed.
    result.streaming = leader.standbys
      .filter(({ name, state }) => state === 'streaming' && !result.diverged.includes(name))
      .map(({ name }) => name);
    const settled = states.every(
      ({ name, own }) =>
        result.streaming.includes(name) ||
        result.diverged.includes(name) ||
        own?.replayDelay?.paused === true,
    );
    return settled ? result : undefined;
  };
  // What has not come about by then is for status to tell: the failover itself is done.
  const onTimeout = (): Error => new Error('Not every replica follows yet.');
  return await waitUntil(look, {
    clock,
    timeoutMs: followTimeoutMs,
    intervalMs: 20,
    signal,
    onTimeout,
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    if (error instanceof Error) return result;
    throw error;
  });
}

/** Has running replicas follow this primary, which has slots for them, and waits until they do or cannot. */
export async function repoint(
  operation: Operation,
  access: StackAccess,
  followers: readonly StackNode[],
  primary: StackNode,
): Promise<Repointed> {
  await tellToFollow(operation, access, followers, primary.name);
  return await waitForFollowers(operation, access, followers, primary);
}
