import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/api/app.js';
import { type Databases, startDatabases, until } from './fixture.js';

let databases: Databases;
let app: FastifyInstance;
let lines: string[];

beforeAll(async () => {
  databases = await startDatabases();
  app = await buildApp({ ...databases, log: { write: (line) => lines.push(line) } });
});
beforeEach(() => {
  lines = [];
});
afterAll(async () => {
  await app.close();
  await databases.remove();
});

interface LogLine {
  level: string;
  reqId?: string;
  route?: string | null;
  dependency?: string;
  err?: { message: string };
}
const logged = (): LogLine[] => lines.map((line) => JSON.parse(line) as LogLine);
const requestsLogged = (): LogLine[] => logged().filter(({ reqId }) => reqId !== undefined);

/** The value of one series; undefined when there is none. */
async function series(name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
  const { body } = await app.inject('/metrics');
  const line = body
    .split('\n')
    .find(
      (text) =>
        (text.startsWith(`${name} `) || text.startsWith(`${name}{`)) &&
        Object.entries(labels).every(([label, value]) => text.includes(`${label}="${value}"`)),
    );
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
}

/** Reads until the cache answers; a late answer of Redis is a bypass. */
const readFromCache = (): Promise<void> =>
  until(async () => {
    expect((await app.inject('/products/7')).headers['x-cache']).toBe('HIT');
  });

describe('the request id', () => {
  test.each(['abc', 'a'.repeat(128), '!~"{}'])("is the client's own: %s", async (id) => {
    const response = await app.inject({ url: '/readyz', headers: { 'x-request-id': id } });
    expect(response.headers['x-request-id']).toBe(id);
    expect(requestsLogged()).toMatchObject([{ reqId: id }]);
  });

  test('is in no line for /healthz, which a balancer asks several times a second', async () => {
    await app.inject('/healthz');
    expect(requestsLogged()).toEqual([]);
  });

  test.each([
    ['empty', ''],
    ['too long', 'a'.repeat(129)],
    ['with a space', 'a b'],
    ['with a tab', 'a\tb'],
    ['beyond ASCII', 'ü'],
    ['two of them, as Node.js joins them', 'a, b'],
  ])("is a new one where the client's is %s", async (_, given) => {
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const response = await app.inject({ url: '/healthz', headers: { 'x-request-id': given } });
        return String(response.headers['x-request-id']);
      }),
    );
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[\w-]{12}-[0-9a-z]+$/);
  });

  test.each(['/nothing', '/products/%zz', '/products/nonsense', '/products?limit=0', '/metrics', '/docs'])(
    'is in every answer: %s',
    async (url) => {
      const response = await app.inject({ url, headers: { 'x-request-id': 'mine' } });
      expect(response.headers['x-request-id']).toBe('mine');
    },
  );
});

describe('the log', () => {
  test('has one line for each finished request, with where the answer came from', async () => {
    await readFromCache();
    await app.inject('/products?limit=1');
    await app.inject({ method: 'PATCH', url: '/products/8', payload: { stock: 3 } });
    await app.inject({ method: 'DELETE', url: '/products/999999' });
    const [page, patch, missing] = requestsLogged().slice(-3);
    expect(requestsLogged().find((line) => 'source' in line && line.source === 'cache')).toMatchObject({
      level: 'info',
      method: 'GET',
      path: '/products/7',
      route: '/products/:id',
      status: 200,
    });
    expect(page).toMatchObject({ route: '/products', path: '/products', status: 200, source: 'replica' });
    expect(patch).toMatchObject({ method: 'PATCH', route: '/products/:id', status: 200, source: 'primary' });
    expect(missing).toMatchObject({ method: 'DELETE', status: 404, source: 'none' });
    expect(patch).toHaveProperty('durationMs', expect.any(Number));
    expect(patch).toHaveProperty('time', expect.stringMatching(/^\d{4}-\d\d-\d\dT/));
  });

  test('also for a URL that leads to no route', async () => {
    await app.inject('/nothing');
    await app.inject('/products/%zz');
    await until(() => {
      expect(requestsLogged()).toMatchObject([
        { route: null, path: '/nothing', status: 404, source: 'none' },
        { route: null, path: '/products/%zz', status: 400, source: 'none' },
      ]);
    });
  });

  test('holds no query, header, cookie, body or password', async () => {
    const secret = 'hunter2';
    const headers = { authorization: `Bearer ${secret}`, cookie: `session=${secret}`, 'x-token': secret };
    await app.inject({ url: `/products?cursor=${secret}&token=${secret}`, headers });
    await app.inject({ method: 'POST', url: '/products', headers, payload: { sku: secret, extra: secret } });
    await app.inject({ url: `/nothing?${secret}`, headers });
    await databases.stop('redis');
    await until(() => {
      expect(logged()).toContainEqual(expect.objectContaining({ dependency: 'redis', state: 'down' }));
    });
    await app.inject('/products/7');
    await databases.start('redis');
    await until(() => {
      expect(logged()).toContainEqual(expect.objectContaining({ dependency: 'redis', state: 'up' }));
    });
    expect(requestsLogged().length).toBe(4);
    const text = lines.join('');
    expect(text).not.toContain(secret);
    for (const url of [databases.writeUrl, databases.readUrl, databases.redisUrl]) {
      expect(text).not.toContain(new URL(url).password);
    }
  });

  test('tells a change of a dependency once, however many requests see it', async () => {
    await databases.stop('redis');
    await until(async () => {
      await Promise.all(Array.from({ length: 10 }, () => app.inject('/products/7')));
      expect(logged().some(({ dependency }) => dependency === 'redis')).toBe(true);
    });
    await databases.start('redis');
    await until(() => {
      const told = logged().filter(({ dependency }) => dependency === 'redis');
      expect(told).toMatchObject([
        { level: 'warn', state: 'down' },
        { level: 'info', state: 'up' },
      ]);
    });
  });

  test('has the cause of an answer of 500 and above, in the same line', async () => {
    const dead = await buildApp({
      writeUrl: 'postgres://app:secret@127.0.0.1:1/shop',
      readUrl: 'postgres://app:secret@127.0.0.1:1/shop',
      redisUrl: 'redis://app:secret@127.0.0.1:1',
      log: { write: (line) => lines.push(line) },
    });
    try {
      expect((await dead.inject('/products/7')).statusCode).toBe(503);
    } finally {
      await dead.close();
    }
    const [line, ...others] = requestsLogged();
    expect(others).toEqual([]);
    expect(line).toMatchObject({ level: 'error', status: 503, err: { type: 'DatabaseUnavailable' } });
    expect(line?.err?.message).toContain('ECONNREFUSED');
    expect(lines.join('')).not.toContain('secret');
  });
});

describe('/metrics', () => {
  test('has the durations of requests by route, method, status and source', async () => {
    await readFromCache();
    const labels = { route: '/products/:id', method: 'GET', status: '200', source: 'cache' };
    const before = (await series('halab_api_request_duration_seconds_count', labels)) ?? 0;
    await readFromCache();
    expect(await series('halab_api_request_duration_seconds_count', labels)).toBe(before + 1);
    expect(await series('halab_api_request_duration_seconds_sum', labels)).toBeGreaterThan(0);
    expect(await series('halab_api_request_duration_seconds_bucket', { ...labels, le: '+Inf' })).toBe(
      before + 1,
    );
    await app.inject({ method: 'DELETE', url: '/products/999999' });
    expect(
      await series('halab_api_request_duration_seconds_count', { method: 'DELETE', status: '404' }),
    ).toBeGreaterThan(0);
  });

  test('has no series for a URL: what leads to no route is one', async () => {
    for (const url of ['/a-path-of-a-scanner', '/another', '/products/12345', '/products/%zz']) {
      await app.inject(url);
    }
    await until(async () => {
      const labels = { route: 'unmatched', status: '400' };
      expect(await series('halab_api_request_duration_seconds_count', labels)).toBeGreaterThan(0);
    });
    const { body } = await app.inject('/metrics');
    for (const [, route] of body.matchAll(/route="([^"]*)"/g)) {
      expect(route).not.toMatch(/scanner|another|12345|%zz/);
    }
  });

  test('has what the cache, the pools and the dependencies are doing', async () => {
    await readFromCache();
    expect(await series('halab_api_cache_requests_total', { result: 'hit' })).toBeGreaterThan(0);
    expect(await series('halab_api_cache_requests_total', { result: 'miss' })).toBeGreaterThan(0);
    expect(await series('halab_api_cache_requests_total', { result: 'bypass' })).toBeDefined();
    expect(await series('halab_api_cache_loads_saved_total')).toBeDefined();
    expect(await series('halab_api_database_reads_total', { server: 'replica' })).toBeGreaterThan(0);
    for (const server of ['primary', 'replica']) {
      expect(await series('halab_api_pool_connections', { server })).toBeDefined();
      expect(await series('halab_api_pool_running_requests', { server })).toBe(0);
      expect(await series('halab_api_pool_waiting_requests', { server })).toBe(0);
    }
    await until(async () => {
      for (const dependency of ['primary', 'replica', 'redis']) {
        expect(await series('halab_api_dependency_up', { dependency })).toBe(1);
      }
    });
  });

  test('has the delay of the event loop, memory and processor time, once', async () => {
    const second = await buildApp({ ...databases, docs: false });
    try {
      const { body, headers } = await second.inject('/metrics');
      expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
      for (const name of ['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes']) {
        expect(body.split('\n').filter((line) => line.startsWith(`${name} `))).toHaveLength(1);
      }
      // The requests of the other app are not its own.
      expect(body).not.toContain('/products/:id');
    } finally {
      await second.close();
    }
  });

  test('tells a dependency that is down, and counts the reads that the primary answers for the replica', async () => {
    const before = (await series('halab_api_read_fallbacks_total')) ?? 0;
    await databases.stop('replica');
    try {
      await until(async () => {
        expect((await app.inject('/products?limit=1')).json()).toMatchObject({ source: 'primary' });
        expect(await series('halab_api_dependency_up', { dependency: 'replica' })).toBe(0);
      });
      expect(await series('halab_api_read_fallbacks_total')).toBeGreaterThan(before);
    } finally {
      await databases.start('replica');
    }
  });

  test('keeps no process alive', async () => {
    const program = `
      import { buildApp } from ${JSON.stringify(fileURLToPath(new URL('../../src/api/app.ts', import.meta.url)))};
      const nowhere = '127.0.0.1:1';
      const app = await buildApp({
        writeUrl: 'postgres://' + nowhere, readUrl: 'postgres://' + nowhere, redisUrl: 'redis://' + nowhere,
      });
      await app.inject('/metrics');
      await app.close();
      console.log('closed');`;
    const { stdout } = await execa(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', program],
      { timeout: 60_000 },
    );
    expect(stdout).toBe('closed');
  });
});
