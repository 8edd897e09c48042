import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningApi, startApi } from '../../src/api/serve.js';
import { type Databases, freePort, patientCache, startDatabases, until } from './fixture.js';

let databases: Databases;

beforeAll(async () => {
  databases = await startDatabases();
});
afterAll(async () => {
  await databases.remove();
});

const withApi = async (work: (api: RunningApi) => Promise<void>): Promise<void> => {
  const api = await startApi({ ...databases, cache: patientCache, port: 0 });
  try {
    await work(api);
  } finally {
    await api.close();
  }
};

test('it listens on 127.0.0.1 at a free port, and its URL answers', async () => {
  await withApi(async (api) => {
    expect(api.url).toBe(`http://127.0.0.1:${api.port}`);
    const response = await fetch(`${api.url}/products/1`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ data: { id: 1 } });
    await (await fetch(`${api.url}/products/1`)).text();
    expect(api.stats()).toMatchObject({
      cache: { hits: 1, misses: 1, bypasses: 0 },
      reads: { replica: 1, primary: 0 },
    });
  });
});

test('a port that is taken is told as Node tells it, and leaves no connection behind', async () => {
  await withApi(async (api) => {
    await expect(startApi({ ...databases, port: api.port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      port: api.port,
    });
  });
  await until(async () => {
    const open = `SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'halab-api%'`;
    expect(await databases.sql('primary', open)).toBe('0');
    expect(await databases.sql('replica', open)).toBe('0');
  });
});

test('more requests than can wait are refused at once with 503, and the next ones are served', async () => {
  await withApi(async (api) => {
    const lock = databases.sql(
      'primary',
      'BEGIN; LOCK TABLE products IN EXCLUSIVE MODE; SELECT pg_sleep(1); COMMIT',
    );
    await until(async () => {
      expect(
        await databases.sql('primary', `SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'`),
      ).toBe('1');
    });
    const write = (): Promise<Response> => fetch(`${api.url}/products/999`, { method: 'DELETE' });
    const responses = await Promise.all(Array.from({ length: 130 }, write));
    const refused = responses.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThanOrEqual(20);
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    const problems = await Promise.all(
      refused.map(async (response) => (await response.json()) as { type: string }),
    );
    expect(problems.map(({ type }) => type)).toContain('urn:halab:problem:overloaded');
    await lock;
    expect((await fetch(`${api.url}/products`)).status).toBe(200);
    expect((await write()).status).toBe(404);
  });
});

describe('closing', () => {
  test('ends a request that is in flight, refuses new ones, and may be asked for twice', async () => {
    const api = await startApi({ ...databases, port: 0 });
    const lock = databases.sql(
      'primary',
      'BEGIN; SELECT FROM products WHERE id = 9 FOR UPDATE; SELECT pg_sleep(1); COMMIT',
    );
    await until(async () => {
      expect(
        await databases.sql('primary', `SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'`),
      ).toBe('1');
    });
    const inFlight = fetch(`${api.url}/products/9`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: '{"stock":9}',
    });
    await until(() => {
      expect(api.stats().pools.primary.running).toBe(1);
    });
    const closing = Promise.all([api.close(), api.close()]);
    expect((await inFlight).status).toBe(200);
    await closing;
    await expect(fetch(`${api.url}/healthz`)).rejects.toThrow();
    await lock;
  });

  test('takes less than 5 s with a client that never finishes its request', async () => {
    const api = await startApi({ ...databases, port: 0 });
    const socket = connect(api.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      'POST /products HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{',
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    const startMs = performance.now();
    await api.close();
    expect(performance.now() - startMs).toBeLessThan(6_000);
    socket.destroy();
  });

  test('takes less than 5 s with a database that hangs', async () => {
    const api = await startApi({ ...databases, port: 0 });
    await databases.pause('primary');
    try {
      const write = fetch(`${api.url}/products/9`, { method: 'DELETE' }).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const startMs = performance.now();
      await api.close();
      expect(performance.now() - startMs).toBeLessThan(6_000);
      await write;
    } finally {
      await databases.unpause('primary');
    }
  });
});

test('it listens even when nothing else answers', async () => {
  const nowhere = `127.0.0.1:${await freePort()}`;
  const api = await startApi({
    writeUrl: `postgres://app:x@${nowhere}/shop`,
    readUrl: `postgres://app:x@${nowhere}/shop`,
    redisUrl: `redis://app:x@${nowhere}`,
    port: 0,
  });
  try {
    expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${api.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${api.url}/products/1`)).status).toBe(503);
  } finally {
    await api.close();
  }
});
