import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/api/app.js';
import { deleteByPrefix } from '../../src/api/cache/redis-connection.js';
import type { DependencyChange, DependencyName } from '../../src/api/dependency-state.js';
import type { Readiness } from '../../src/api/services.js';
import { type Databases, patientCache, startDatabases, until } from './fixture.js';
import { type Forwarder, startForwarder } from './forwarder.js';

let databases: Databases;
let proxy: Forwarder;
let app: FastifyInstance;
let changes: DependencyChange[];

beforeAll(async () => {
  databases = await startDatabases();
});
beforeEach(async () => {
  changes = [];
  proxy = await startForwarder(databases.writeUrl);
  app = await buildApp({
    ...databases,
    writeUrl: proxy.through(databases.writeUrl),
    onDependencyChange: (change) => changes.push(change),
  });
});
afterEach(async () => {
  await app.close();
  await proxy.close();
});
afterAll(async () => {
  await databases.remove();
});

const read = (id: number): Promise<LightMyRequestResponse> => app.inject(`/products/${id}`);
const write = (): Promise<LightMyRequestResponse> =>
  app.inject({ method: 'PATCH', url: '/products/1', payload: { stock: 1 } });
const readiness = async (): Promise<Readiness & { statusCode: number }> => {
  const response = await app.inject('/readyz');
  return { statusCode: response.statusCode, ...response.json<Readiness>() };
};
const untilState = (dependency: DependencyName, state: 'up' | 'down'): Promise<void> =>
  until(async () => {
    expect((await readiness()).dependencies[dependency]?.state).toBe(state);
  });
const untilUp = (dependency: DependencyName): Promise<void> => untilState(dependency, 'up');
/** What was told of one dependency: another may be slow for a moment on a busy machine. */
const story = (dependency: DependencyName): string[] =>
  changes.filter((change) => change.dependency === dependency).map(({ state }) => state);
const timed = async <T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> => {
  const startMs = performance.now();
  const result = await work();
  return { ms: performance.now() - startMs, result };
};
const expectUnavailable = (response: LightMyRequestResponse): void => {
  expect(response.statusCode).toBe(503);
  expect(response.headers['retry-after']).toBe('1');
  expect(response.json()).toMatchObject({ type: 'urn:halab:problem:unavailable' });
};

describe('without Redis', () => {
  test('reads bypass the cache, writes succeed, it is told once, and nothing stale is served afterwards', async () => {
    await databases.pause('redis');
    try {
      const { ms, result } = await timed(() => Promise.all(Array.from({ length: 50 }, () => read(2))));
      for (const response of result) {
        expect(response.statusCode).toBe(200);
        expect(response.headers['x-cache']).toBe('BYPASS');
        expect(response.json()).toMatchObject({ source: 'replica' });
      }
      // 50 ms for Redis, and what 50 reads of the database take on a busy machine.
      expect(ms).toBeLessThan(1_000);
      await untilState('redis', 'down');
    } finally {
      await databases.unpause('redis');
    }
    await untilUp('redis');
    await until(async () => {
      expect((await read(2)).headers['x-cache']).toBe('HIT');
    });

    await databases.pause('redis');
    try {
      const written = await timed(() =>
        app.inject({
          method: 'PATCH',
          url: '/products/2',
          payload: { name: 'Renamed while Redis was away' },
        }),
      );
      expect(written.result.statusCode).toBe(200);
      expect(written.ms).toBeLessThan(1_000);
      await untilState('redis', 'down');
    } finally {
      await databases.unpause('redis');
    }
    await untilUp('redis');
    await until(async () => {
      expect((await read(2)).json()).toMatchObject({ data: { name: 'Renamed while Redis was away' } });
    });
    expect(story('redis')).toEqual(['down', 'up', 'down', 'up']);
  });

  test('it is used again by itself after it was stopped and started', async () => {
    await databases.stop('redis');
    const response = await read(3);
    expect(response.headers['x-cache']).toBe('BYPASS');
    expect((await readiness()).statusCode).toBe(200);
    await databases.start('redis');
    await untilUp('redis');
    await until(async () => {
      expect((await read(3)).headers['x-cache']).toBe('HIT');
    });
    expect(story('redis')).toEqual(['down', 'up']);
    expect(changes[0]?.lastError).toBeTruthy();
  });

  test('it is used again while writes go on without a pause, also where its answers take their time', async () => {
    const far = await startForwarder(databases.redisUrl, 10);
    const other = await buildApp({
      ...databases,
      redisUrl: far.through(databases.redisUrl),
      cache: patientCache,
    });
    let writing = true;
    const writer = async (product: number): Promise<void> => {
      const url = `/products/${product}`;
      while (writing) await other.inject({ method: 'PATCH', url, payload: { stock: 1 } });
    };
    await databases.stop('redis');
    const writers = Promise.all(Array.from({ length: 16 }, (_, index) => writer(100 + index)));
    try {
      await databases.start('redis');
      await until(async () => {
        expect((await other.inject('/products/3')).headers['x-cache']).toBe('HIT');
      });
    } finally {
      writing = false;
      await writers;
      await other.close();
      await far.close();
    }
  });

  test('the API starts without it', async () => {
    await databases.stop('redis');
    const other = await buildApp(databases);
    try {
      expect((await other.inject('/products/4')).headers['x-cache']).toBe('BYPASS');
      await databases.start('redis');
      await until(async () => {
        expect((await other.inject('/products/4')).headers['x-cache']).toBe('HIT');
      });
    } finally {
      await other.close();
    }
  });
});

describe('without the replica', () => {
  test('reads come from the primary, and from the replica again when it is back and streaming', async () => {
    await databases.stop('replica');
    for (const url of ['/products/10', '/products?limit=1']) {
      const response = await app.inject(url);
      expect(response.statusCode).toBe(200);
      expect(response.json()).toMatchObject({ source: 'primary' });
    }
    expect(await readiness()).toMatchObject({
      statusCode: 200,
      dependencies: { replica: { state: 'down' } },
    });
    await databases.start('replica');
    await until(async () => {
      expect((await app.inject('/products?limit=1')).json()).toMatchObject({ source: 'replica' });
    });
    expect(story('replica')).toEqual(['down', 'up']);
  });

  test('a replica that hangs costs the first reads a second, and is then left alone', async () => {
    await databases.pause('replica');
    try {
      const first = await timed(() =>
        Promise.all(Array.from({ length: 30 }, (_, index) => read(20 + index))),
      );
      for (const response of first.result) expect(response.json()).toMatchObject({ source: 'primary' });
      expect(first.ms).toBeLessThan(4_000);
      const next = await timed(() => read(60));
      expect(next.result.json()).toMatchObject({ source: 'primary' });
      expect(next.ms).toBeLessThan(500);
    } finally {
      await databases.unpause('replica');
    }
    await untilUp('replica');
  });
});

describe('without the primary', () => {
  test('reads go on, writes answer 503 in time, and the first write after its return succeeds', async () => {
    await databases.stop('primary');
    try {
      const refused = await timed(write);
      expectUnavailable(refused.result);
      expect(refused.ms).toBeLessThan(3_000);
      expect((await read(70)).json()).toMatchObject({ source: 'replica' });
      expect((await app.inject('/products')).statusCode).toBe(200);
      expect(await readiness()).toMatchObject({ statusCode: 503, ready: false });
    } finally {
      await databases.start('primary');
    }
    expect((await write()).statusCode).toBe(200);
    await untilUp('primary');
    expect(story('primary').slice(0, 1)).toEqual(['down']);
    await untilUp('replica');
  });

  test('a primary that hangs is a 503 in time for every write, and its connections are not used again', async () => {
    await Promise.all(Array.from({ length: 10 }, write));
    proxy.hang();
    const refused = await timed(() => Promise.all(Array.from({ length: 30 }, write)));
    for (const response of refused.result) expect(response.statusCode).toBe(503);
    expect(refused.ms).toBeLessThan(4_000);
    // As after a failover without a cut: the old connections stay open and lead nowhere.
    proxy.pointTo(databases.writeUrl, { keepOpen: true });
    const { ms, result } = await timed(write);
    expect(result.statusCode).toBe(200);
    expect(ms).toBeLessThan(500);
  });

  test('a primary that became read-only is a 503 that certainly changed nothing; the new one is used at once', async () => {
    await Promise.all(Array.from({ length: 10 }, write));
    proxy.pointTo(databases.readUrl);
    const refused = await until(async () => {
      const response = await write();
      expect(response.json()).toMatchObject({ outcome: 'not-applied' });
      return response;
    });
    expectUnavailable(refused);
    await until(async () => {
      expect((await readiness()).dependencies.primary?.lastError).toContain('read-only');
    });
    proxy.pointTo(databases.writeUrl, { keepOpen: true });
    expect((await write()).statusCode).toBe(200);
  });

  test('ended connections do not linger: a restart of the proxy costs no write', async () => {
    await Promise.all(Array.from({ length: 10 }, write));
    proxy.pointTo(databases.writeUrl);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const responses = await Promise.all(Array.from({ length: 20 }, write));
    for (const response of responses) expect(response.statusCode).toBe(200);
  });

  test('a write whose answer was cut off says that its outcome is unknown', async () => {
    await databases.sql('primary', 'SELECT 1');
    const locked = databases.sql(
      'primary',
      'BEGIN; SELECT FROM products WHERE id = 1 FOR UPDATE; SELECT pg_sleep(1); COMMIT',
    );
    await until(async () => {
      expect(
        await databases.sql('primary', `SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'`),
      ).toBe('1');
    });
    const writing = write();
    await new Promise((resolve) => setTimeout(resolve, 200));
    proxy.pointTo(databases.writeUrl);
    expect((await writing).json()).toMatchObject({ status: 503, outcome: 'unknown' });
    await locked;
  });
});

describe('without anything', () => {
  test('the API starts, answers every request, and works once the databases come', async () => {
    await Promise.all([databases.stop('primary'), databases.stop('replica'), databases.stop('redis')]);
    const other = await buildApp(databases);
    try {
      expect((await other.inject('/healthz')).statusCode).toBe(200);
      for (const url of ['/products/1', '/products']) expectUnavailable(await other.inject(url));
      expectUnavailable(await other.inject({ method: 'DELETE', url: '/products/99' }));
      const response = await other.inject('/readyz');
      expect(response.statusCode).toBe(503);
      expect(response.body).not.toContain(new URL(databases.writeUrl).password);
      await Promise.all([databases.start('primary'), databases.start('replica'), databases.start('redis')]);
      expect((await other.inject({ method: 'DELETE', url: '/products/99' })).statusCode).toBe(204);
      await until(async () => {
        expect((await other.inject('/products/98')).json()).toMatchObject({ source: 'cache' });
      });
    } finally {
      await other.close();
    }
  });
});

test('when more than can be remembered was written without Redis, every cached product is dropped', async () => {
  const redis = new Redis(databases.redisUrl, { enableReadyCheck: false });
  redis.on('error', () => undefined);
  try {
    await redis.mset(Object.fromEntries(Array.from({ length: 1_200 }, (_, id) => [`product:${id}`, '{}'])));
    await redis.set('other:1', 'kept');
    await deleteByPrefix(redis, 'product:');
    expect(await redis.scan('0', 'MATCH', 'product:*', 'COUNT', 5_000)).toEqual(['0', []]);
    expect(await redis.get('other:1')).toBe('kept');
  } finally {
    redis.disconnect();
  }
});
