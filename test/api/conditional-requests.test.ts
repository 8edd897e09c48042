import fc from 'fast-check';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/api/app.js';
import { isKnownToReader, parseTags, versionIn, writeCondition } from '../../src/api/conditions.js';
import type { Product } from '../../src/api/schemas.js';
import { type Databases, patientCache, startDatabases, until } from './fixture.js';

let databases: Databases;
let app: FastifyInstance;
let skus = 0;

beforeAll(async () => {
  databases = await startDatabases();
  app = await buildApp({ ...databases, cache: patientCache });
});
afterAll(async () => {
  await app.close();
  await databases.remove();
});

const newProduct = (): { sku: string; name: string; price: string } => {
  skus += 1;
  return { sku: `CONDITIONAL-${skus}`, name: 'A lamp', price: '12.50' };
};
const create = (): Promise<LightMyRequestResponse> =>
  app.inject({ method: 'POST', url: '/products', payload: newProduct() });
const dataOf = (response: LightMyRequestResponse): Product => response.json<{ data: Product }>().data;
const patch = (id: number | string, headers: Record<string, string>): Promise<LightMyRequestResponse> =>
  app.inject({ method: 'PATCH', url: `/products/${id}`, payload: { stock: 1 }, headers });
const expectProblem = (response: LightMyRequestResponse, status: number, name: string): void => {
  expect(response.statusCode).toBe(status);
  expect(response.json()).toMatchObject({ type: `urn:halab:problem:${name}`, status });
};

describe('the entity tag of a product', () => {
  test('is its version, on every answer that carries the product', async () => {
    const created = await create();
    const { id } = dataOf(created);
    expect(created.headers.etag).toBe('"1"');
    expect((await patch(id, {})).headers.etag).toBe('"2"');
    const put = await app.inject({ method: 'PUT', url: `/products/${id}`, payload: newProduct() });
    expect(put.headers.etag).toBe('"3"');
    await until(async () => {
      for (const cache of ['MISS', 'HIT']) {
        const got = await app.inject(`/products/${id}`);
        expect([got.headers['x-cache'], got.headers.etag]).toEqual([cache, '"3"']);
      }
    });
  });

  test('a reader that has it already gets 304 without the product, from the database and from the cache', async () => {
    for (const tag of ['"1"', 'W/"1"', '"9", "1"', '*']) {
      const response = await app.inject({ url: '/products/11', headers: { 'if-none-match': tag } });
      expect([response.statusCode, response.body, response.headers.etag]).toEqual([304, '', '"1"']);
    }
    const response = await app.inject({ url: '/products/11', headers: { 'if-none-match': '"2"' } });
    expect(response.statusCode).toBe(200);
  });
});

describe('a write with If-Match', () => {
  test('is done when the product has that version, and only then', async () => {
    const { id } = dataOf(await create());
    expect((await patch(id, { 'if-match': '"1"' })).statusCode).toBe(200);
    const refused = await patch(id, { 'if-match': '"1"' });
    expectProblem(refused, 412, 'precondition-failed');
    expect(refused.json()).toMatchObject({ detail: 'The product has version 2' });
    expect((await patch(id, { 'if-match': '"1", "2"' })).statusCode).toBe(200);
    expect((await patch(id, { 'if-match': '*' })).statusCode).toBe(200);
    // Weak tags do not match, nor do tags that are no version.
    for (const tag of ['W/"4"', '"abc"', '"04"', '""'])
      expectProblem(await patch(id, { 'if-match': tag }), 412, 'precondition-failed');
  });

  test.each(['PUT', 'DELETE'] as const)('%s honours it too', async (method) => {
    const { id } = dataOf(await create());
    const request = (tag: string): InjectOptions => ({
      method,
      url: `/products/${id}`,
      headers: { 'if-match': tag },
      ...(method === 'PUT' ? { payload: newProduct() } : {}),
    });
    expectProblem(await app.inject(request('"2"')), 412, 'precondition-failed');
    expect((await app.inject(request('"1"'))).statusCode).toBeLessThan(300);
  });

  test('is a 404 when there is no such product', async () => {
    expectProblem(await patch(999_999, { 'if-match': '"1"' }), 404, 'not-found');
    expectProblem(await patch(999_999, { 'if-match': '*' }), 404, 'not-found');
  });

  test('of 20 at the same time with the same version, one is done', async () => {
    const { id } = dataOf(await create());
    const responses = await Promise.all(Array.from({ length: 20 }, () => patch(id, { 'if-match': '"1"' })));
    const statuses = responses.map(({ statusCode }) => statusCode).toSorted();
    expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 412)]);
    expect(await databases.sql('primary', `SELECT version FROM products WHERE id = ${id}`)).toBe('2');
  });
});

test('a write with If-None-Match: * is refused, as none makes a product under a given id', async () => {
  const { id } = dataOf(await create());
  expectProblem(await patch(id, { 'if-none-match': '*' }), 412, 'precondition-failed');
  expectProblem(await patch(999_999, { 'if-none-match': '*' }), 404, 'not-found');
  expectProblem(await patch(id, { 'if-none-match': '"1"' }), 400, 'malformed-request');
});

test.each(['5', '"5', 'w/"5"', '"5" "6"', ',', ''])('tags of the form %j are refused', async (tag) => {
  expectProblem(await patch(1, { 'if-match': tag }), 400, 'malformed-request');
  expectProblem(
    await app.inject({ url: '/products/1', headers: { 'if-none-match': tag } }),
    400,
    'malformed-request',
  );
});

describe('the parts', () => {
  test('the version in a product’s JSON is found without parsing it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.oneof(fc.maxSafeNat(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }).map(String)),
        fc.boolean(),
        (text, version, last) => {
          const name = `${text}"version":7,\\"version":8`;
          const json = JSON.stringify(last ? { name, version } : { name, version, updatedAt: text });
          expect(versionIn(json)).toBe(String(version));
        },
      ),
    );
  });

  test('tags are taken apart', () => {
    expect(parseTags('If-Match', undefined)).toBeUndefined();
    expect(parseTags('If-Match', ' * ')).toBe('*');
    expect(parseTags('If-Match', ' "1",W/"2" ')).toEqual([
      { weak: false, opaque: '1' },
      { weak: true, opaque: '2' },
    ]);
    expect(writeCondition({})).toEqual({ versions: undefined, mustBeAbsent: false });
    expect(writeCondition({ 'if-match': '"3", "x", W/"4"' }).versions).toEqual(['3']);
    expect(isKnownToReader(undefined, '1')).toBe(false);
  });
});
