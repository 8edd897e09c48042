import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp, statsOf } from '../../src/api/app.js';
import type { Product } from '../../src/api/schemas.js';
import { type Databases, patientCache, startDatabases, until } from './fixture.js';

let databases: Databases;
let app: FastifyInstance;
let redis: Redis;

beforeAll(async () => {
  databases = await startDatabases();
  app = await buildApp({ ...databases, cache: patientCache });
  redis = new Redis(databases.redisUrl, { enableReadyCheck: false });
});

afterAll(async () => {
  redis.disconnect();
  await app.close();
  await databases.remove();
});

interface One {
  source: string;
  data: Product;
}
interface Page {
  source: string;
  data: Product[];
  nextCursor: string | null;
}

let skus = 0;
const newProduct = (): { sku: string; name: string; price: string } => {
  skus += 1;
  return { sku: `NEW-${skus}`, name: 'A lamp', price: '12.50' };
};
const create = async (): Promise<Product> => {
  const response = await app.inject({ method: 'POST', url: '/products', payload: newProduct() });
  return response.json<One>().data;
};
/** Reads until the replica has it. */
const get = (id: number | string): Promise<LightMyRequestResponse> =>
  until(async () => {
    const response = await app.inject(`/products/${id}`);
    if (response.statusCode !== 200) throw new Error(response.body);
    return response;
  });
const expectProblem = (response: LightMyRequestResponse, status: number, name: string): void => {
  expect(response.statusCode).toBe(status);
  expect(response.headers['content-type']).toBe('application/problem+json');
  expect(response.json()).toMatchObject({ type: `urn:halab:problem:${name}`, status });
};

describe('reading', () => {
  test('the first read of a product comes from the replica, the second from the cache, with the same data', async () => {
    const first = await app.inject('/products/7');
    expect(first.headers['x-cache']).toBe('MISS');
    expect(first.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(first.json<One>()).toMatchObject({
      source: 'replica',
      data: { id: 7, sku: 'SKU-0007', price: expect.stringMatching(/^\d+\.\d\d$/) as string, version: 1 },
    });
    const second = await app.inject('/products/7');
    expect(second.headers['x-cache']).toBe('HIT');
    expect(second.json<One>()).toEqual({ source: 'cache', data: first.json<One>().data });
    const ttl = await redis.ttl('product:7');
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(60);
  });

  test('hits and misses are counted in Redis', async () => {
    const before = Number((await redis.get('halab:cache:hits')) ?? 0);
    await app.inject('/products/8');
    await app.inject('/products/8');
    await app.inject('/products/8');
    await until(async () => {
      expect(Number(await redis.get('halab:cache:hits'))).toBeGreaterThanOrEqual(before + 2);
      expect(Number(await redis.get('halab:cache:misses'))).toBeGreaterThanOrEqual(1);
    });
  });

  test('simultaneous reads each get their own product', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => 100 + (index % 50));
    const responses = await Promise.all(ids.map((id) => app.inject(`/products/${id}`)));
    expect(responses.map((response) => response.json<One>().data.id)).toEqual(ids);
  });

  test('pages follow each other by cursor, without gap or repetition, and the last one ends', async () => {
    const seen: number[] = [];
    let url = '/products?limit=100';
    for (;;) {
      const page = (await app.inject(url)).json<Page>();
      expect(page.source).toBe('replica');
      seen.push(...page.data.map(({ id }) => Number(id)));
      if (page.nextCursor === null) break;
      url = `/products?limit=100&cursor=${page.nextCursor}`;
    }
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    expect(seen.length).toBeGreaterThanOrEqual(1_000);
  });

  test('a page has 20 products when no limit is asked for', async () => {
    expect((await app.inject('/products')).json<Page>().data).toHaveLength(20);
  });

  test.each(['0', '101', '-1', 'many', '1.5'])('a limit of %s is refused', async (limit) => {
    expectProblem(await app.inject(`/products?limit=${limit}`), 422, 'validation');
  });

  test('a cursor that no page gave is refused', async () => {
    expectProblem(await app.inject('/products?cursor=YWZ0ZXI6MQ=='), 422, 'validation');
    expectProblem(await app.inject('/products?cursor=nonsense'), 422, 'validation');
  });

  test.each([
    '999999999',
    '9223372036854775808',
    '99999999999999999999999',
    '0',
    '-1',
    '007',
    'lamp',
    '1e3',
    '%00',
    '%C3',
  ])('a product with the id %s does not exist', async (id) => {
    const response = await app.inject(`/products/${id}`);
    if (id === '%C3') expectProblem(response, 400, 'malformed-request');
    else expectProblem(response, 404, 'not-found');
  });

  test('with the cache turned off every read is a BYPASS', async () => {
    const uncached = await buildApp({ ...databases, cache: false });
    try {
      await uncached.inject('/products/9');
      const response = await uncached.inject('/products/9');
      expect(response.headers['x-cache']).toBe('BYPASS');
      expect(response.json<One>().source).toBe('replica');
      expect((await uncached.inject('/readyz')).json()).not.toHaveProperty('dependencies.redis');
    } finally {
      await uncached.close();
    }
  });
});

describe('writing', () => {
  test('POST creates a product and says where it is', async () => {
    const input = newProduct();
    const response = await app.inject({ method: 'POST', url: '/products', payload: input });
    expect(response.statusCode).toBe(201);
    const { source, data } = response.json<One>();
    expect(source).toBe('primary');
    expect(data).toMatchObject({ ...input, description: '', stock: 0, version: 1 });
    expect(response.headers.location).toBe(`/products/${data.id}`);
    expect((await get(data.id)).json<One>().data).toEqual(data);
  });

  test.each([
    ['0', '0.00'],
    [19.99, '19.99'],
    ['9999999999.99', '9999999999.99'],
    [9999999999.99, '9999999999.99'],
    ['0.1', '0.10'],
  ])('a price of %j is kept exactly', async (price, kept) => {
    const response = await app.inject({
      method: 'POST',
      url: '/products',
      payload: { ...newProduct(), price },
    });
    expect(response.json<One>().data.price).toBe(kept);
  });

  test('an update is seen by the next read, although the old value was cached', async () => {
    const { id } = await create();
    await get(id);
    const response = await app.inject({ method: 'PATCH', url: `/products/${id}`, payload: { stock: 5 } });
    expect(response.json<One>().data).toMatchObject({ id, stock: 5, version: 2, name: 'A lamp' });
    await until(async () => {
      expect((await get(id)).json<One>().data).toMatchObject({ stock: 5, version: 2 });
    });
  });

  test('PUT replaces all that can be set: what it leaves out gets its default', async () => {
    const { id, sku } = await create();
    await app.inject({ method: 'PATCH', url: `/products/${id}`, payload: { description: 'Warm', stock: 3 } });
    const response = await app.inject({
      method: 'PUT',
      url: `/products/${id}`,
      payload: { sku, name: 'A chair', price: 5 },
    });
    expect(response.statusCode).toBe(200);
    expect(response.json<One>().data).toMatchObject({
      name: 'A chair',
      price: '5.00',
      description: '',
      stock: 0,
    });
  });

  test('DELETE removes a product from the database and the cache', async () => {
    const { id } = await create();
    await get(id);
    const response = await app.inject({ method: 'DELETE', url: `/products/${id}` });
    expect(response.statusCode).toBe(204);
    expect(response.body).toBe('');
    await until(async () => {
      expectProblem(await app.inject(`/products/${id}`), 404, 'not-found');
    });
    expectProblem(await app.inject({ method: 'DELETE', url: `/products/${id}` }), 404, 'not-found');
  });

  test.each(['PUT', 'PATCH', 'DELETE'] as const)(
    '%s of a product that does not exist is a 404',
    async (method) => {
      for (const id of ['999999999', '9223372036854775808', 'x']) {
        const options: InjectOptions = { method, url: `/products/${id}` };
        if (method !== 'DELETE') options.payload = newProduct();
        expectProblem(await app.inject(options), 404, 'not-found');
      }
    },
  );

  test('a SKU that another product has is a conflict, and does not cost a connection', async () => {
    const { id } = await create();
    const before = statsOf(app).pools.primary.connections;
    const payload = { ...newProduct(), sku: 'SKU-0001' };
    expectProblem(await app.inject({ method: 'POST', url: '/products', payload }), 409, 'sku-taken');
    expectProblem(await app.inject({ method: 'PUT', url: `/products/${id}`, payload }), 409, 'sku-taken');
    expect(statsOf(app).pools.primary.connections).toBe(before);
  });

  test.each([
    [{}, ''],
    [{ name: 'x', price: 1 }, '/sku'],
    [{ sku: '', name: 'x', price: 1 }, '/sku'],
    [{ sku: 'a\u0000b', name: 'x', price: 1 }, '/sku'],
    [{ sku: 'a'.repeat(65), name: 'x', price: 1 }, '/sku'],
    [{ sku: 'a', name: 'x', price: '1.234' }, '/price'],
    [{ sku: 'a', name: 'x', price: 1.234 }, '/price'],
    [{ sku: 'a', name: 'x', price: -1 }, '/price'],
    [{ sku: 'a', name: 'x', price: '10000000000' }, '/price'],
    [{ sku: 'a', name: 'x', price: 1, stock: 2 ** 31 }, '/stock'],
    [{ sku: 'a', name: 'x', price: 1, stock: '3' }, '/stock'],
    [{ sku: 'a', name: 'x', price: 1, colour: 'red' }, '/colour'],
    [[], ''],
    ['text', ''],
    [null, ''],
  ])('the body %j is refused, and the answer names what is wrong', async (body, path) => {
    const response = await app.inject({
      method: 'POST',
      url: '/products',
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify(body),
    });
    expectProblem(response, 422, 'validation');
    const { errors } = response.json<{ errors: { path: string; message: string }[] }>();
    expect(errors.map((error) => (error.message.includes('sku') ? '/sku' : error.path))).toContain(
      path === '' && body !== null && !Array.isArray(body) && typeof body === 'object' ? '/sku' : path,
    );
  });

  test('a patch that changes nothing is refused', async () => {
    expectProblem(await app.inject({ method: 'PATCH', url: '/products/1', payload: {} }), 422, 'validation');
  });
});

describe('health', () => {
  test('/healthz and /readyz answer 200 when everything is up', async () => {
    expect((await app.inject('/healthz')).json()).toEqual({ status: 'ok' });
    // On a busy machine Redis may have been too slow for one request before; it is up again soon.
    await until(async () => {
      const response = await app.inject('/readyz');
      expect(response.statusCode).toBe(200);
      const up = { state: 'up', since: expect.any(String) as string };
      expect(response.json()).toMatchObject({
        ready: true,
        dependencies: { primary: up, replica: up, redis: up },
      });
    });
  });
});
