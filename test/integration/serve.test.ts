import { afterAll, beforeAll, expect, it } from 'vitest';
import { firstChunk, spawnHalab } from '../support/halab-process.js';
import { startTestStack, type TestStack } from '../support/stack.js';

let stack: TestStack;
let api: ReturnType<typeof spawnHalab>;
let url: string;

beforeAll(async () => {
  stack = await startTestStack();
  api = spawnHalab(['serve', '--stack', stack.name, '--json']);
  ({ apiUrl: url } = JSON.parse(await firstChunk(api.stdout)) as { apiUrl: string });
});
afterAll(async () => {
  // Ended by the last test already, unless that one failed.
  api.kill('SIGKILL');
  await api;
  await stack[Symbol.asyncDispose]();
});

interface Answer {
  status: number;
  cache: string | null;
  body: unknown;
}

async function read(path: string): Promise<Answer> {
  const response = await fetch(`${url}${path}`);
  return { status: response.status, cache: response.headers.get('x-cache'), body: await response.json() };
}

async function write(method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    cache: response.headers.get('x-cache'),
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}

const wait = { timeout: 20_000, interval: 100 };

it('listens where env says', async () => {
  expect(url).toBe((await stack.endpoints()).apiUrl);
  expect((await read('/readyz')).status).toBe(200);
});

it('answers a product from the replica first, then from the cache, and cache counts both', async () => {
  expect(await read('/products/7')).toMatchObject({
    status: 200,
    cache: 'MISS',
    body: { source: 'replica', data: { id: 7 } },
  });
  // Not at once when Redis took more than 50 ms to answer, as it may on a busy machine.
  await expect
    .poll(() => read('/products/7'), wait)
    .toMatchObject({
      status: 200,
      cache: 'HIT',
      body: { source: 'cache', data: { id: 7 } },
    });
  await expect
    .poll(() => stack.halabJson('cache'), wait)
    .toMatchObject({ exitCode: 0, data: { api: { hits: 1, misses: 1, hitRatio: 0.5, keys: 1 } } });
});

it('forgets a cached product when it is written, and caches it again only as it is now', async () => {
  expect(await write('PATCH', '/products/7', { name: 'Renamed' })).toMatchObject({ status: 200 });
  // The replica may be a moment behind; what it answers until then must not be kept.
  await expect.poll(async () => (await read('/products/7')).cache, wait).toBe('HIT');
  expect(await read('/products/7')).toMatchObject({ cache: 'HIT', body: { data: { name: 'Renamed' } } });
});

it('creates, changes and deletes through the proxy', async () => {
  const created = await write('POST', '/products', { sku: 'SERVE-1', name: 'New', price: '10.50' });
  expect(created).toMatchObject({ status: 201, body: { data: { sku: 'SERVE-1', price: '10.50' } } });
  const { id } = (created.body as { data: { id: number } }).data;
  expect(await stack.sql('db-primary', `SELECT price FROM products WHERE id = ${id}`)).toBe('10.50');
  expect((await write('DELETE', `/products/${id}`)).status).toBe(204);
  // The replica may be a moment behind.
  await expect.poll(async () => (await read(`/products/${id}`)).status, wait).toBe(404);
});

it('goes on without Redis: the cache is bypassed', async () => {
  await stack.halab('stop redis');
  expect(await read('/products/8')).toMatchObject({
    status: 200,
    cache: 'BYPASS',
    body: { source: 'replica', data: { id: 8 } },
  });
  expect((await write('PATCH', '/products/8', { stock: 3 })).status).toBe(200);
  await stack.halab('start redis');
  await expect
    .poll(() => read('/products/8'), wait)
    .toMatchObject({
      cache: 'HIT',
      body: { data: { stock: 3 } },
    });
});

it('goes on without the replica: reads come from the primary', async () => {
  await stack.halab('stop db-replica');
  expect(await read('/products/9')).toMatchObject({ status: 200, body: { source: 'primary' } });
  expect(await read('/products?limit=3')).toMatchObject({ status: 200, body: { source: 'primary' } });
  await stack.halab('start db-replica');
  await expect
    .poll(() => read('/products?limit=3'), wait)
    .toMatchObject({ status: 200, body: { source: 'replica' } });
});

it('a failover is a pause: writes are taken again by the promoted node, without a restart', async () => {
  await stack.operation.engine.signalContainer(await stack.containerId('db-primary'), 'SIGKILL');
  expect((await write('PATCH', '/products/10', { stock: 1 })).status).toBe(503);
  expect((await read('/products/11')).status).toBe(200);
  expect((await stack.halab('failover --promote')).exitCode).toBe(0);
  await expect
    .poll(() => write('PATCH', '/products/10', { stock: 2 }), wait)
    .toMatchObject({ status: 200, body: { data: { stock: 2 } } });
  expect(await stack.sql('db-replica', 'SELECT stock FROM products WHERE id = 10')).toBe('2');
});

it('a second one is told that the port is taken, and how to choose another', async () => {
  const { exitCode, stderr } = await stack.halab('serve');
  expect(exitCode).toBe(6);
  expect(stderr).toContain(`Port ${new URL(url).port} is in use`);
  expect(stderr).toContain(`halab serve --port 0 --stack ${stack.name}`);
});

it('SIGTERM ends it with exit code 0 within 5 s, and no connection stays behind', async () => {
  api.kill('SIGTERM');
  const ended = await Promise.race([
    api,
    new Promise<undefined>((resolve) => setTimeout(resolve, 5_000, undefined)),
  ]);
  expect(ended?.exitCode).toBe(0);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  await expect
    .poll(
      () =>
        stack.sql(
          'db-replica',
          `SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'halab-api%'`,
        ),
      wait,
    )
    .toBe('0');
});
