import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppOptions, buildApp, statsOf } from '../../src/api/app.js';
import type { CacheMode } from '../../src/api/cache/cache-aside.js';
import type { Product } from '../../src/api/schemas.js';
import { type Databases, patientMs, startDatabases, until } from './fixture.js';

let databases: Databases;
let redis: Redis;
let skus = 0;

beforeAll(async () => {
  databases = await startDatabases();
  redis = new Redis(databases.redisUrl, { enableReadyCheck: false });
});
afterAll(async () => {
  redis.disconnect();
  await databases.remove();
});

interface Choice extends Pick<AppOptions, 'reads'> {
  cache?: CacheMode | false;
}

async function withApps(choice: Choice, count: number, work: (...apps: FastifyInstance[]) => Promise<void>) {
  const { cache: mode = 'lease', ...reads } = choice;
  const cache = mode === false ? mode : { mode, patienceMs: patientMs };
  const apps = await Promise.all(
    Array.from({ length: count }, () => buildApp({ ...databases, ...reads, cache })),
  );
  try {
    await work(...apps);
  } finally {
    await Promise.all(apps.map((app) => app.close()));
  }
}

/** The replica stands still meanwhile: what is written is received, and not replayed. */
async function withReplayPaused(work: () => Promise<void>): Promise<void> {
  await databases.sql('replica', 'SELECT pg_wal_replay_pause()');
  await until(async () => {
    expect(await databases.sql('replica', 'SELECT pg_get_wal_replay_pause_state()')).toBe('paused');
  });
  try {
    await work();
  } finally {
    await databases.sql('replica', 'SELECT pg_wal_replay_resume()');
  }
}

const create = async (app: FastifyInstance): Promise<LightMyRequestResponse> => {
  skus += 1;
  return await app.inject({
    method: 'POST',
    url: '/products',
    payload: { sku: `CONSISTENT-${skus}`, name: 'A lamp', price: '12.50' },
  });
};
const product = (response: LightMyRequestResponse): Product => response.json<{ data: Product }>().data;
/** A product that the replica has. */
const createReplicated = async (app: FastifyInstance): Promise<number | string> => {
  const { id } = product(await create(app));
  await until(async () => {
    expect(await databases.sql('replica', `SELECT count(*) FROM products WHERE id = ${id}`)).toBe('1');
  });
  return id;
};
const setStock = (
  app: FastifyInstance,
  id: number | string,
  stock: number,
): Promise<LightMyRequestResponse> =>
  app.inject({ method: 'PATCH', url: `/products/${id}`, payload: { stock } });
const positionOf = (response: LightMyRequestResponse): string => String(response.headers['x-write-position']);
const untilReplayed = (app: FastifyInstance, id: number | string, headers: Record<string, string>) =>
  until(async () => {
    await redis.del(`product:${id}`);
    expect((await app.inject({ url: `/products/${id}`, headers })).json()).toMatchObject({
      source: 'replica',
    });
  });

describe('an update while the replica lags', () => {
  test('naive: the old value comes back into the cache, and is served until it expires', async () => {
    await withApps({ cache: 'naive' }, 1, async (app) => {
      const id = await createReplicated(app);
      await withReplayPaused(async () => {
        await setStock(app, id, 7);
        expect(product(await app.inject(`/products/${id}`)).stock).toBe(0);
        await until(async () => {
          expect(await redis.get(`product:${id}`)).toContain('"stock":0');
        });
      });
      await until(async () => {
        expect(await databases.sql('replica', `SELECT stock FROM products WHERE id = ${id}`)).toBe('7');
      });
      expect(product(await app.inject(`/products/${id}`)).stock).toBe(0);
    });
  });

  test('by default: the next read through any process gets the new value, which is cached', async () => {
    await withApps({}, 2, async (writer, reader) => {
      const id = await createReplicated(writer);
      await reader.inject(`/products/${id}`);
      await withReplayPaused(async () => {
        await setStock(writer, id, 7);
        await until(async () => {
          expect((await reader.inject(`/products/${id}`)).json()).toMatchObject({ data: { stock: 7 } });
          expect(await redis.get(`product:${id}`)).toContain('"stock":7');
        });
      });
    });
  });

  test('by default: what never goes through the cache is eventual', async () => {
    await withApps({}, 1, async (app) => {
      await withReplayPaused(async () => {
        const created = await create(app);
        expect(created.headers).not.toHaveProperty('x-write-position');
        expect((await app.inject(`/products/${product(created).id}`)).statusCode).toBe(404);
      });
    });
  });
});

describe('read-your-writes', () => {
  const choice: Choice = { reads: 'read-your-writes', cache: false };

  test('each write names its place in the WAL, in a header and in a cookie', async () => {
    await withApps(choice, 1, async (app) => {
      const created = await create(app);
      const position = positionOf(created);
      expect(position).toMatch(/^1-[0-9A-F]+\/[0-9A-F]+$/);
      expect(created.headers['set-cookie']).toBe(
        `halab_write_position=${position}; Path=/; HttpOnly; SameSite=Lax`,
      );
      const updated = await setStock(app, product(created).id, 1);
      expect(positionOf(updated)).not.toBe(position);
      expect((await app.inject('/products/1')).headers).not.toHaveProperty('x-write-position');
      expect((await setStock(app, 999_999, 1)).headers).not.toHaveProperty('x-write-position');
    });
  });

  test.each([
    ['header', (position: string) => ({ 'x-write-position': position })],
    ['cookie', (position: string) => ({ cookie: `a=b; halab_write_position=${position}` })],
  ])('a read with the %s sees the write, from the primary until the replica has it', async (_, headersOf) => {
    await withApps(choice, 2, async (writer, reader) => {
      await withReplayPaused(async () => {
        const created = await create(writer);
        const { id } = product(created);
        const headers = headersOf(positionOf(created));
        expect((await reader.inject({ url: `/products/${id}`, headers })).json()).toMatchObject({
          source: 'primary',
          data: { id },
        });
        const page = await reader.inject({ url: '/products?limit=100', headers });
        expect(page.json()).toMatchObject({ source: 'primary' });
        // Nobody else is sent to the primary.
        expect((await reader.inject(`/products/${id}`)).statusCode).toBe(404);
        expect((await reader.inject('/products/2')).json()).toMatchObject({ source: 'replica' });
      });
      const headers = headersOf(positionOf(await setStock(writer, 3, 1)));
      await untilReplayed(reader, 3, headers);
    });
  });

  test('with the cache: a hit and a miss both hold the write', async () => {
    await withApps({ reads: 'read-your-writes' }, 2, async (writer, reader) => {
      const id = await createReplicated(writer);
      await withReplayPaused(async () => {
        for (const stock of [1, 2, 3]) {
          const headers = { 'x-write-position': positionOf(await setStock(writer, id, stock)) };
          for (const app of [reader, writer, reader])
            expect(product(await app.inject({ url: `/products/${id}`, headers })).stock).toBe(stock);
        }
      });
    });
  });

  test('the naive cache gets the fence with it: an old value does not come back', async () => {
    await withApps({ reads: 'read-your-writes', cache: 'naive' }, 1, async (app) => {
      const id = await createReplicated(app);
      await withReplayPaused(async () => {
        const headers = { 'x-write-position': positionOf(await setStock(app, id, 4)) };
        // Somebody who did not write reads the replica's value; it must not be kept.
        await app.inject(`/products/${id}`);
        expect(product(await app.inject({ url: `/products/${id}`, headers })).stock).toBe(4);
      });
    });
  });

  test('a client’s position does not go back when its answers overtake each other', async () => {
    await withApps(choice, 1, async (app) => {
      const headers = { 'x-write-position': '9-FF/FF' };
      const response = await app.inject({
        method: 'PATCH',
        url: '/products/5',
        payload: { stock: 1 },
        headers,
      });
      expect(positionOf(response)).toBe('9-FF/FF');
    });
  });

  test('a header of another form is refused on a read, a cookie is ignored', async () => {
    await withApps(choice, 1, async (app) => {
      const refused = await app.inject({ url: '/products/1', headers: { 'x-write-position': 'yesterday' } });
      expect(refused.statusCode).toBe(422);
      expect(refused.json()).toMatchObject({ type: 'urn:halab:problem:validation' });
      const ignored = await app.inject({ url: '/products/1', headers: { cookie: 'halab_write_position=x' } });
      expect(ignored.statusCode).toBe(200);
    });
  });

  test('a client that does not know where its write lies is sent to the primary', async () => {
    await withApps(choice, 1, async (app) => {
      await databases.sql('primary', 'REVOKE EXECUTE ON FUNCTION halab.wal_position() FROM app');
      try {
        const response = await setStock(app, 6, 8);
        expect(response.statusCode).toBe(200);
        const headers = { 'x-write-position': positionOf(response) };
        expect((await app.inject({ url: '/products/6', headers })).json()).toMatchObject({
          source: 'primary',
          data: { stock: 8 },
        });
      } finally {
        await databases.sql('primary', 'GRANT EXECUTE ON FUNCTION halab.wal_position() TO app');
      }
    });
  });
});

describe('1,000 readers of one expired product, in two processes', () => {
  const id = 42;
  /** What the databases were asked, and how many readers were refused. */
  const expireUnderReaders = async (
    apps: FastifyInstance[],
  ): Promise<{ queries: number; refused: number }> => {
    const sum = (count: (app: FastifyInstance) => number): number =>
      apps.map(count).reduce((total, each) => total + each, 0);
    const queries = (): number =>
      sum((app) => statsOf(app).reads.replica) + sum((app) => statsOf(app).reads.primary);
    for (const app of apps) expect((await app.inject(`/products/${id}`)).statusCode).toBe(200);
    const before = queries();
    await redis.del(`product:${id}`);
    const responses = await Promise.all(
      apps.flatMap((app) => Array.from({ length: 500 }, () => app.inject(`/products/${id}`))),
    );
    return {
      queries: queries() - before,
      refused: responses.filter((response) => response.statusCode === 503).length,
    };
  };

  test.each([
    ['lease', 1, 1],
    ['single-flight', 1, 2],
  ] as const)('%s: %d to %d queries at the database', async (mode, least, most) => {
    await withApps({ cache: mode }, 2, async (...apps) => {
      const { queries, refused } = await expireUnderReaders(apps);
      expect(queries).toBeGreaterThanOrEqual(least);
      expect(queries).toBeLessThanOrEqual(most);
      expect(refused).toBe(0);
    });
  });

  test('naive: as many queries as the databases’ lines hold, and the others are refused', async () => {
    await withApps({ cache: 'naive' }, 2, async (...apps) => {
      const { queries, refused } = await expireUnderReaders(apps);
      expect(queries).toBeGreaterThan(100);
      expect(queries + refused).toBeGreaterThanOrEqual(500);
    });
  });
});
