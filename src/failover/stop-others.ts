import type { DeathWatch } from '../docker/engine.js';
import type { PostgresSession } from '../nodes/postgres/client.js';
import type { Operation } from '../stack/operation.js';
import type { StackNode } from '../stack/stack.js';
import { hasEnded, stopContainer } from '../stack/stop-container.js';
import { readRecovery, silenceMs, unchangedFor } from './promotion.js';

/** A fast shutdown sends all WAL to the replica before it ends; a hung server is killed after this. */
const stopGraceS = 10;
/** Most servers have ended by then, and nobody has to be asked. */
const patienceMs = 500;
const pollMs = 50;

export interface Stopping {
  /** No process of theirs is left: they cannot acknowledge a write any more. */
  ended: Promise<unknown>;
  /** The engine is done with them as well: it takes files for them again, and could start them. */
  released: Promise<unknown>;
}

/** Ends these nodes, whatever they are doing. */
export function stopOthers({ engine }: Operation, nodes: readonly StackNode[], deaths: DeathWatch): Stopping {
  const stops = nodes
    .filter((node) => !hasEnded(node))
    .map((node) => {
      const released = stopContainer(engine, node, stopGraceS);
      return { released, ended: Promise.race([released, deaths.died(node.containerId)]) };
    });
  const released = Promise.all(stops.map((stop) => stop.released));
  released.catch(() => undefined); // Awaited by the caller, later than it may fail.
  return { ended: Promise.all(stops.map((stop) => stop.ended)), released };
}

/**
 * Waits until these nodes have ended. Sessions are over at once in a fast shutdown, but a server whose replica is cut off
 * waits for it, up to wal_sender_timeout, while nobody can write: it is killed when the replica hears nothing any more.
 *
 * @param session on the replica that is to be promoted
 */
export async function untilEnded(
  { engine, clock }: Operation,
  nodes: readonly StackNode[],
  { ended }: Stopping,
  session: PostgresSession,
): Promise<void> {
  const over = new AbortController();
  const wait = ended.finally(() => {
    over.abort();
  });
  const killTheSilent = async (): Promise<void> => {
    await clock.sleep(patienceMs, over.signal);
    const heard = unchangedFor(clock);
    while (!over.signal.aborted && heard((await readRecovery(session)).received) < silenceMs)
      await clock.sleep(pollMs, over.signal);
    const left = over.signal.aborted ? [] : nodes.filter((node) => !hasEnded(node));
    // One that has ended meanwhile is none that could be killed.
    await Promise.allSettled(left.map(({ containerId }) => engine.signalContainer(containerId, 'SIGKILL')));
  };
  const killing = killTheSilent().catch(() => undefined);
  await wait;
  await killing;
}
