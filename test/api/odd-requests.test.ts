import fc from 'fast-check';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/api/app.js';
import { decodeCursor, encodeCursor, isProductId } from '../../src/api/product-id.js';
import { type Databases, startDatabases } from './fixture.js';

let databases: Databases;
let app: FastifyInstance;

beforeAll(async () => {
  databases = await startDatabases();
  app = await buildApp(databases);
});
afterAll(async () => {
  await app.close();
  await databases.remove();
});

const runs = { numRuns: 400 };
/** A request that hangs fails here long before the test's own timeout. */
const answer = async (options: InjectOptions): Promise<number> => {
  const response = await app.inject({ ...options, signal: AbortSignal.timeout(5_000) });
  if (response.statusCode >= 400) {
    expect(response.headers['content-type']).toBe('application/problem+json');
    if (options.method !== 'HEAD') expect(response.json()).toMatchObject({ status: response.statusCode });
  }
  expect(response.statusCode, response.body).toBeLessThan(500);
  return response.statusCode;
};

const oddText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme-composite', maxLength: 300 }),
  fc.constantFrom(
    '\u0000',
    'a\u0000b',
    '\ud800',
    "'; DROP TABLE products; --",
    '../../etc/passwd',
    'NaN',
    '1e400',
  ),
);
const oddId = fc.oneof(
  fc.bigInt().map(String),
  fc.bigInt({ min: 2n ** 62n, max: 2n ** 65n }).map(String),
  fc.double().map(String),
  fc.integer({ min: -5, max: 1_100 }).map(String),
  oddText,
);
/** A lone surrogate cannot be encoded; UTF-8 turns it into the replacement character. */
const encode = (text: string): string => encodeURIComponent(Buffer.from(text).toString());
const oddNumber = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(0.1, 1e21, 9999999999.99, -0),
);
const oddBody = fc.oneof(
  fc.record(
    {
      sku: fc.oneof(oddText, oddNumber),
      name: oddText,
      description: fc.oneof(oddText, fc.constant(null)),
      price: fc.oneof(oddNumber, oddText, fc.constantFrom('1', '12.30', 5, 1.25)),
      stock: fc.oneof(oddNumber, fc.nat()),
    },
    { requiredKeys: [] },
  ),
  // Valid in all but one thing or none.
  fc.record({
    sku: oddText,
    name: oddText,
    price: fc.constantFrom('1', '12.30', 5, 1.25),
    stock: fc.nat({ max: 2 ** 31 }),
  }),
  fc.jsonValue(),
);
const method = fc.constantFrom('GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'POST');

test('an odd id is answered, whatever the method', async () => {
  await fc.assert(
    fc.asyncProperty(oddId, method, async (id, chosen) => {
      await answer({ method: chosen, url: `/products/${encode(id)}` });
    }),
    runs,
  );
});

test('an odd path is answered', async () => {
  await fc.assert(
    fc.asyncProperty(fc.webPath(), fc.constantFrom('', '%', '%zz', '%c3%28', '/'), async (path, tail) => {
      await answer({ url: `/products/${path}${tail}` });
    }),
    runs,
  );
});

test('an odd body is created, or refused', async () => {
  await fc.assert(
    fc.asyncProperty(oddBody, async (body) => {
      const headers = { 'content-type': 'application/json' };
      await answer({ method: 'POST', url: '/products', headers, payload: JSON.stringify(body) });
      await answer({ method: 'PATCH', url: '/products/5', headers, payload: JSON.stringify(body) });
      await answer({ method: 'PUT', url: '/products/6', headers, payload: JSON.stringify(body) });
    }),
    runs,
  );
});

test('bytes that are no JSON, under any content type, are refused', async () => {
  const types = fc.constantFrom(
    'application/json',
    'text/plain',
    'application/json; charset=x',
    '',
    ';',
    'multipart/form-data',
  );
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), types, async (bytes, type) => {
      const status = await answer({
        method: 'POST',
        url: '/products',
        headers: { 'content-type': type },
        payload: Buffer.from(bytes),
      });
      expect(status).toBeGreaterThanOrEqual(400);
    }),
    runs,
  );
});

test('an odd query is answered', async () => {
  await fc.assert(
    fc.asyncProperty(oddText, fc.oneof(oddNumber.map(String), oddText), async (cursor, limit) => {
      await answer({ url: `/products?cursor=${encode(cursor)}&limit=${encode(limit)}` });
      await answer({
        url: `/products?cursor=${encode(Buffer.from(`after:${limit}`).toString('base64url'))}`,
      });
      await answer({ url: `/products?limit=1&limit=2&cursor=a&cursor=b&${encode(cursor)}` });
    }),
    runs,
  );
});

test('odd headers are answered', async () => {
  const name = fc.constantFrom(
    'accept',
    'accept-encoding',
    'accept-version',
    'if-none-match',
    'range',
    'expect',
    'x-request-id',
    'request-id',
  );
  // What a client can send at all: Node refuses the rest before it comes here.
  const value = fc.string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
  });
  await fc.assert(
    fc.asyncProperty(name, value, async (header, content) => {
      await answer({ url: '/products/1', headers: { [header]: content } });
    }),
    runs,
  );
  const ofWrites = fc.constantFrom(
    'if-match',
    'if-none-match',
    'idempotency-key',
    'x-write-position',
    'cookie',
  );
  const oddTag = fc.oneof(
    value,
    fc.bigInt({ min: 0n, max: 2n ** 65n }).map((version) => `"${version}"`),
    value.map((text) => `W/"${text}", "1"`),
  );
  let products = 0;
  await fc.assert(
    fc.asyncProperty(ofWrites, oddTag, async (header, content) => {
      const headers = { [header]: content };
      await answer({ url: '/products/1', headers });
      await answer({ method: 'PATCH', url: '/products/8', headers, payload: { stock: 1 } });
      products += 1;
      const payload = { sku: `ODD-HEADER-${products}`, name: 'A lamp', price: 1 };
      await answer({ method: 'POST', url: '/products', headers, payload });
    }),
    { numRuns: 150 },
  );
});

test('a cursor leads back to the id it was made from, and nothing else is a cursor', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), (id) => {
      expect(decodeCursor(encodeCursor(String(id)))).toBe(String(id));
    }),
  );
  fc.assert(
    fc.property(oddText, (text) => {
      const id = decodeCursor(text);
      expect(id === undefined || isProductId(id)).toBe(true);
    }),
  );
});

const product = { sku: 'ODD-1', name: 'A lamp', price: '12.50' };
const expectProblem = (response: LightMyRequestResponse, status: number, name: string): void => {
  expect(response.statusCode).toBe(status);
  expect(response.headers['content-type']).toBe('application/problem+json');
  expect(response.json()).toMatchObject({ type: `urn:halab:problem:${name}`, status });
};

describe('requests that are not understood', () => {
  test('malformed JSON is a 400', async () => {
    const headers = { 'content-type': 'application/json' };
    for (const payload of ['{', '', '{"__proto__": 1}']) {
      const response = await app.inject({ method: 'POST', url: '/products', headers, payload });
      expectProblem(response, 400, 'malformed-request');
    }
  });

  test.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded'])(
    'a body of %s is a 415',
    async (type) => {
      const headers = { 'content-type': type };
      const response = await app.inject({ method: 'POST', url: '/products', headers, payload: 'a=b' });
      expectProblem(response, 415, 'unsupported-media-type');
    },
  );

  test('a body beyond the limit is a 413', async () => {
    const payload = { ...product, description: 'x'.repeat(100_000) };
    expectProblem(await app.inject({ method: 'POST', url: '/products', payload }), 413, 'body-too-large');
  });

  test('an unknown path or method is a 404', async () => {
    expectProblem(await app.inject('/nothing'), 404, 'not-found');
    expectProblem(
      await app.inject({ method: 'POST', url: '/products/1', payload: product }),
      404,
      'not-found',
    );
  });
});
