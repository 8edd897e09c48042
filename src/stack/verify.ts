import { randomUUID } from 'node:crypto';
import { waitUntil } from '../clock/wait-until.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { step } from '../events/events.js';
import { askInstance } from '../nodes/api/answers.js';
import { openSession, queryOnce } from '../nodes/postgres/client.js';
import type { PostgresAddress } from '../nodes/postgres/url.js';
import { pingRedis } from '../nodes/redis/cache-state.js';
import type { StackAccess } from './access.js';
import type { Operation } from './operation.js';
import { nodesOfKind, type Stack, type StackNode } from './stack.js';

const readyTimeoutMs = 30_000;
const replayTimeoutMs = 10_000;
/** How often a container that should become ready is asked whether it still runs. */
const aliveCheckMs = 250;

export interface Verification {
  /** Node that took the write which went through the proxy. */
  writtenTo: string;
  /** Replicas on which that write was seen. */
  replayedOn: string[];
  redis: boolean;
  /** Instances of the API that answered through HAProxy. */
  apiInstances: string[];
  /** Node that a session through the proxy's port for reads reached; null where it has no such port. */
  readFrom: string | null;
}

class NotReady extends Error {}

/** Asks a node until it answers; notices at once when its container has ended. @throws NODE_FAILED */
export async function waitUntilReady<T>(
  { engine, clock, signal }: Operation,
  node: StackNode,
  ask: () => Promise<T | undefined>,
  timeoutMs = readyTimeoutMs,
): Promise<T> {
  let checkedMs = clock.nowMs();
  const attempt = async (): Promise<T | undefined> => {
    try {
      return await ask();
    } catch (error) {
      if (clock.nowMs() - checkedMs < aliveCheckMs) throw error;
      checkedMs = clock.nowMs();
      const state = await engine.containerState(node.containerId);
      if (state !== 'running') throw new NotReady(`ended while it started (${state})`, { cause: error });
      throw error;
    }
  };
  try {
    return await waitUntil(attempt, {
      clock,
      timeoutMs,
      intervalMs: 15,
      signal,
      isFinal: (error) => error instanceof NotReady,
      onTimeout: (lastError) => {
        const why = lastError instanceof Error ? `: ${lastError.message}` : '';
        return new NotReady(`was not ready within ${timeoutMs / 1000} s${why}`, { cause: lastError });
      },
    });
  } catch (error) {
    if (!(error instanceof NotReady)) throw error;
    throw new HalabError('NODE_FAILED', `${node.name} ${error.message}.`, {
      hint: `Its last log lines are above; more: ${typed(node.stack, `logs ${node.name}`)}. To remove the stack: ${typed(node.stack, 'down')}.`,
      lines: await engine.tailLogs(node.containerId, 15),
      cause: error.cause,
    });
  }
}

const markSql = `INSERT INTO halab.verification (token) VALUES ($1)
ON CONFLICT (only_row) DO UPDATE SET token = excluded.token
RETURNING current_setting('cluster_name') AS node`;

/**
 * Writes one row as the application does and says which server took it.
 *
 * @throws what pg throws
 */
export async function writeMark(writes: PostgresAddress, token: string, timeoutMs = 1000): Promise<string> {
  const [row] = await queryOnce<{ node: string }>(writes, markSql, [token], timeoutMs);
  return row?.node ?? 'unknown';
}

/**
 * The server that a session at this address reaches, by its cluster_name.
 *
 * @throws what pg throws
 */
export async function reachedAt(address: PostgresAddress, timeoutMs = 1000): Promise<string | undefined> {
  const sql = `SELECT current_setting('cluster_name') AS node`;
  const [row] = await queryOnce<{ node: string }>(address, sql, [], timeoutMs);
  return row?.node;
}

/**
 * Waits until the port for reads leads to a replica, where one runs: HAProxy looks whether it is one first.
 *
 * @throws NODE_FAILED
 */
async function waitForReads(
  operation: Operation,
  stack: Stack,
  access: StackAccess,
  { writtenTo, replicas }: { writtenTo: string; replicas: readonly StackNode[] },
): Promise<string | null> {
  const haproxy = nodesOfKind(stack, 'haproxy').find(({ state }) => state === 'running');
  const reads = haproxy === undefined ? undefined : access.reads('monitor');
  if (haproxy === undefined || reads === undefined) return null;
  return await waitUntilReady(operation, haproxy, async () => {
    const node = await reachedAt(reads);
    return node === writtenTo && replicas.length > 0 ? undefined : node;
  });
}

/** Waits until the mark can be read on a replica. @throws VERIFICATION_FAILED */
async function waitForMark(
  operation: Operation,
  replica: StackNode,
  access: StackAccess,
  token: string,
): Promise<void> {
  const { clock, signal } = operation;
  await using session = await waitUntilReady(operation, replica, () =>
    openSession(access.postgres(replica, 'app')),
  );
  await waitUntil(
    async () => {
      const rows = await session.query('SELECT 1 AS seen FROM halab.verification WHERE token = $1', [token]);
      return rows.length === 1 ? true : undefined;
    },
    {
      clock,
      timeoutMs: replayTimeoutMs,
      intervalMs: 5,
      signal,
      onTimeout: () =>
        new HalabError(
          'VERIFICATION_FAILED',
          `A write through HAProxy was not replayed on ${replica.name} within ${replayTimeoutMs / 1000} s.`,
          {
            hint: `See what status says of the replica: ${typed(replica.stack, 'status')}.`,
          },
        ),
    },
  );
}

/**
 * Proves that a stack works: a write through HAProxy is taken, is replayed on every running replica, reads reach one of
 * those, Redis answers, and so does each instance of the API.
 *
 * @throws NODE_FAILED, VERIFICATION_FAILED
 */
export async function verifyStack(
  operation: Operation,
  stack: Stack,
  access: StackAccess,
): Promise<Verification> {
  const { clock, emit } = operation;
  const running = stack.nodes.filter(({ state }) => state === 'running');
  const token = randomUUID();
  const work = async (): Promise<Verification> => {
    const redis = Promise.all(
      running
        .filter(({ kind }) => kind === 'redis')
        .map((node) => waitUntilReady(operation, node, () => pingRedis(access.redis()))),
    );
    const written = Promise.all(
      running
        .filter(({ kind }) => kind === 'haproxy')
        .map((node) => waitUntilReady(operation, node, () => writeMark(access.writes('app'), token))),
    );
    const pooled = access.pooled('app');
    // Behind an HAProxy that is stopped nobody can ask them, or is reached through the pooler.
    const behindProxy = running.some(({ kind }) => kind === 'haproxy') ? running : [];
    const pooler = Promise.all(
      behindProxy
        .filter(({ kind }) => kind === 'pgbouncer')
        .map((node) =>
          waitUntilReady(operation, node, async () =>
            pooled === undefined ? undefined : await writeMark(pooled, token),
          ),
        ),
    );
    const instances = Promise.all(
      behindProxy
        .filter(({ kind }) => kind === 'api')
        .map(async (node) => {
          await waitUntilReady(operation, node, () => askInstance(access.api(), node.name));
          return node.name;
        }),
    );
    // Fails the sooner of the two when both fail.
    const [[writtenTo = 'none'], pings, apiInstances] = await Promise.all([
      written,
      redis,
      instances,
      pooler,
    ]);
    const replicas = nodesOfKind(stack, 'postgres').filter(
      ({ name, state }) => name !== writtenTo && state === 'running',
    );
    const [readFrom] = await Promise.all([
      waitForReads(operation, stack, access, { writtenTo, replicas }),
      ...replicas.map((replica) => waitForMark(operation, replica, access, token)),
    ]);
    return {
      writtenTo,
      replayedOn: replicas.map(({ name }) => name),
      redis: pings.length > 0,
      apiInstances,
      readFrom,
    };
  };
  return await step(
    emit,
    clock.nowMs,
    {
      id: 'verify',
      title: 'verify a write through the proxy, its replay, and the cache',
      detail: ({ writtenTo, replayedOn }) =>
        `written to ${writtenTo}${replayedOn.length === 0 ? ', no replica' : `, replayed on ${replayedOn.join(', ')}`}`,
    },
    work,
  );
}
