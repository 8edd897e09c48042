import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import type { PostgresSession } from '../nodes/postgres/client.js';
import { newestTimeline, type ServerState } from '../nodes/postgres/server-state.js';
import type { StackAccess } from '../stack/access.js';
import { type AnsweringServer, askServers } from '../stack/ask-servers.js';
import type { Operation } from '../stack/operation.js';
import { startsAsPrimary } from '../stack/second-primary.js';
import type { Stack, StackNode } from '../stack/stack.js';
import { hasEnded } from '../stack/stop-container.js';
import { leaveStopped, startWithoutServer } from '../stack/without-server.js';
import { describeDiscarded, nameTables } from './discarded.js';
import { inspectData, readWalPast } from './inspect-data.js';
import { waitForReplay } from './promotion.js';

/** A server that does not say within this time that it is a primary is taken for dead: it is stopped in any case. */
const askTimeoutMs = 500;

export interface Takeover {
  stack: Stack;
  access: StackAccess;
  candidate: StackNode;
  /** On the candidate, as superuser. */
  session: PostgresSession;
  /** The other PostgreSQL nodes. */
  others: readonly StackNode[];
  /** The node that the proxy sends writes to. */
  current: string | undefined;
  /** Whether the candidate is a replica still. */
  replica: boolean;
}

/** @throws NOT_A_REPLICA when the candidate takes the writes already, and no stopped node would start as a primary */
async function refuseNothingToDo(
  { engine }: Operation,
  { stack, candidate, others, current }: Takeover,
): Promise<void> {
  if (candidate.name !== current) return;
  const stopped = others.filter(({ state }) => state !== 'running');
  if ((await Promise.all(stopped.map((node) => startsAsPrimary(engine, node)))).includes(true)) return;
  throw new HalabError('NOT_A_REPLICA', `${candidate.name} is the primary already, and takes the writes.`, {
    hint: `The roles: ${typed(stack.name, 'status')}.`,
  });
}

/** What the promotion would lose: its size in bytes, or undefined when nobody can tell, and in words. */
interface Loss {
  bytes: number | undefined;
  description: string;
}

/** Reads the WAL of a primary that does not answer, past what the candidate has replayed. */
async function readLoss(operation: Operation, takeover: Takeover, old: StackNode): Promise<Loss> {
  const { candidate, session } = takeover;
  if (old.state === 'paused') return { bytes: undefined, description: `${old.name} is paused` };
  if (hasEnded(old)) await startWithoutServer(operation, old, candidate.name);
  try {
    // What does not answer may send all the same, until it has ended.
    await waitForReplay(operation, candidate, session, { sourceStopped: hasEnded(old) });
    const [stand] = await session.query<{ lsn: string; timeline: number }>(
      `SELECT pg_last_wal_replay_lsn() AS lsn, ${newestTimeline} AS timeline`,
    );
    if (stand === undefined || (await inspectData(operation.engine, old, [])) === undefined)
      return { bytes: undefined, description: `the data of ${old.name} cannot be read` };
    const past = await readWalPast(operation.engine, old, stand);
    // Without a commit it holds nothing that anybody was told to be done.
    const bytes = past.transactions === 0 ? 0 : past.bytes;
    return { bytes, description: describeDiscarded(await nameTables(session, stand.lsn, past)) };
  } finally {
    if (hasEnded(old)) await leaveStopped(operation, old, candidate.name);
  }
}

/** @throws REPLICA_BEHIND */
async function refuseLoss(
  operation: Operation,
  takeover: Takeover,
  alive: AnsweringServer | undefined,
  maxLagBytes: number,
): Promise<void> {
  const { stack, candidate, session, others, current } = takeover;
  const old = alive?.node ?? others.find(({ name }) => name === current);
  if (old === undefined) return;
  const loss =
    alive === undefined ? await readLoss(operation, takeover, old) : await lagBehind(session, alive.state);
  if (loss.bytes !== undefined && loss.bytes <= maxLagBytes) return;
  throw new HalabError(
    'REPLICA_BEHIND',
    loss.bytes === undefined
      ? `How far ${candidate.name} is behind ${old.name} cannot be told: ${loss.description}.`
      : `${candidate.name} is ${loss.bytes} bytes of WAL behind ${old.name}, and ${maxLagBytes} are allowed. ` +
          `Its promotion would lose ${loss.description}.`,
    {
      hint: `Bring ${old.name} back instead: ${typed(stack.name, `start ${old.name}`)}. Or accept the loss: leave --max-lag out.`,
    },
  );
}

async function lagBehind(session: PostgresSession, { lsn }: ServerState): Promise<Loss> {
  const [row] = await session.query<{ bytes: string }>(
    `SELECT greatest($1::pg_lsn - coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn(), '0/0'), 0)::text AS bytes`,
    [lsn],
  );
  return { bytes: Number(row?.bytes ?? 0), description: 'what it has not received' };
}

export interface Permissions {
  /** Take the role from a primary that answers. */
  force: boolean;
  /** WAL that may be lost, in bytes; undefined for any amount, which is not looked for then. */
  maxLagBytes: number | undefined;
}

/**
 * Refuses a failover that would do harm, before anything is changed. Who is dead is not waited for: a node whose
 * container has ended is not asked, and one that runs has half a second to say that it is a primary. How much a dead
 * primary holds that the candidate lacks costs a start of its container, so it is looked for only on request.
 *
 * @throws NOT_A_REPLICA, PRIMARY_ALIVE, REPLICA_BEHIND
 */
export async function refuseHarm(
  operation: Operation,
  takeover: Takeover,
  { force, maxLagBytes }: Permissions,
): Promise<void> {
  const { stack, access, candidate, others, replica } = takeover;
  const answers = force && maxLagBytes === undefined ? [] : await askServers(access, others, askTimeoutMs);
  const alive = answers.find(({ state }) => state.role === 'primary');
  if (alive !== undefined && !force) {
    throw new HalabError('PRIMARY_ALIVE', `${alive.node.name} is the primary, and it answers.`, {
      hint: `Swap the roles without a loss: ${typed(stack.name, `switchover ${candidate.name}`)}. Or stop it first, whatever it is doing: ${typed(stack.name, `failover --promote ${candidate.name} --force`)}.`,
    });
  }
  if (!replica) await refuseNothingToDo(operation, takeover);
  else if (maxLagBytes !== undefined) await refuseLoss(operation, takeover, alive, maxLagBytes);
}
