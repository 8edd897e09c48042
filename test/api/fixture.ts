import { createServer } from 'node:net';
import type { CacheOptions } from '../../src/api/services.js';
import { startNode, stopNode } from '../../src/stack/control.js';
import { docker } from '../support/docker.js';
import { startTestStack } from '../support/stack.js';

type NodeName = 'primary' | 'replica' | 'redis';

export interface Databases {
  /** Straight to the primary: what a proxy does is in a test's own hands. */
  writeUrl: string;
  readUrl: string;
  redisUrl: string;
  stop(node: NodeName): Promise<void>;
  /** Returns when the node answers, a replica when it streams. */
  start(node: NodeName): Promise<void>;
  pause(node: NodeName): Promise<void>;
  unpause(node: NodeName): Promise<void>;
  /** Runs SQL as the administrator. */
  sql(node: 'primary' | 'replica', text: string): Promise<string>;
  remove(): Promise<void>;
}

const nodes = { primary: 'db-primary', replica: 'db-replica', redis: 'redis' } as const;

/** The databases of a stack; each keeps its port when it is stopped and started. */
export async function startDatabases(): Promise<Databases> {
  const stack = await startTestStack();
  const { operation, name, sql, containerId } = stack;
  const endpoints = await stack.endpoints();
  return {
    writeUrl: endpoints.nodes['db-primary'] ?? '',
    readUrl: endpoints.nodes['db-replica'] ?? '',
    redisUrl: endpoints.redisUrl,
    stop: async (node) => {
      await stopNode(operation, name, nodes[node]);
    },
    start: async (node) => {
      await startNode(operation, name, nodes[node]);
      if (node !== 'replica') return;
      await until(async () => {
        const streaming = await sql(nodes.replica, 'SELECT count(*) FROM pg_stat_wal_receiver');
        if (streaming !== '1') throw new Error('the replica is not streaming yet');
      });
    },
    pause: async (node) => {
      await docker('pause', await containerId(nodes[node]));
    },
    unpause: async (node) => {
      await docker('unpause', await containerId(nodes[node]));
    },
    sql: (node, text) => sql(nodes[node], text),
    remove: async () => {
      await stack[Symbol.asyncDispose]();
    },
  };
}

/** How long the cache may wait for Redis in a test that is not about it: a busy machine takes more than 50 ms at times. */
export const patientMs = 10_000;
export const patientCache: CacheOptions = { mode: 'lease', patienceMs: patientMs };

/** Tries again until it succeeds; gives up after 20 s, with the last error. */
export async function until<T>(attempt: () => T | Promise<T>, timeoutMs = 20_000): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
