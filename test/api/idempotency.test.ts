import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/api/app.js';
import { parseIdempotencyKey } from '../../src/api/idempotency-key.js';
import type { Product } from '../../src/api/schemas.js';
import { type Databases, startDatabases } from './fixture.js';

let databases: Databases;
let app: FastifyInstance;
let numbers = 0;

beforeAll(async () => {
  databases = await startDatabases();
  app = await buildApp(databases);
});
afterAll(async () => {
  await app.close();
  await databases.remove();
});

const unused = (prefix: string): string => {
  numbers += 1;
  return `${prefix}-${numbers}`;
};
const post = (key: string, payload: Record<string, unknown>): Promise<LightMyRequestResponse> =>
  app.inject({ method: 'POST', url: '/products', payload, headers: { 'idempotency-key': key } });
const newProduct = (): { sku: string; name: string; price: number } => ({
  sku: unused('IDEM'),
  name: 'A lamp',
  price: 12.5,
});
const dataOf = (response: LightMyRequestResponse): Product => response.json<{ data: Product }>().data;
const count = (sku: string): Promise<string> =>
  databases.sql('primary', `SELECT count(*) FROM products WHERE sku = '${sku}'`);

describe('a POST with an Idempotency-Key', () => {
  test('that is repeated makes one product, and is answered as the first time', async () => {
    const [key, product] = [unused('key'), newProduct()];
    const first = await post(key, product);
    expect(first.statusCode).toBe(201);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    const again = await post(key, product);
    expect(again.statusCode).toBe(201);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect([again.headers.location, again.headers.etag]).toEqual([first.headers.location, '"1"']);
    expect(again.json()).toEqual(first.json());
    expect(await count(product.sku)).toBe('1');
  });

  test('is answered as the first time although the product was changed, and deleted, since', async () => {
    const [key, product] = [unused('key'), newProduct()];
    const first = await post(key, product);
    const url = `/products/${dataOf(first).id}`;
    await app.inject({ method: 'PATCH', url, payload: { name: 'Another lamp' } });
    expect((await post(key, product)).json()).toEqual(first.json());
    await app.inject({ method: 'DELETE', url });
    expect((await post(key, product)).json()).toEqual(first.json());
    expect(await count(product.sku)).toBe('0');
  });

  test('of 50 at the same time makes one product, and each of them is told of it', async () => {
    const [key, product] = [unused('key'), newProduct()];
    const responses = await Promise.all(Array.from({ length: 50 }, () => post(key, product)));
    expect(new Set(responses.map(({ statusCode }) => statusCode))).toEqual(new Set([201]));
    expect(new Set(responses.map((response) => dataOf(response).id)).size).toBe(1);
    expect(responses.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect(await count(product.sku)).toBe('1');
  });

  test('is the same request when only the way of writing it differs', async () => {
    const [key, product] = [unused('key'), newProduct()];
    await post(key, product);
    const again = await post(`"${key}"`, { ...product, price: '12.50', stock: 0, description: '' });
    expect(again.headers['idempotency-replayed']).toBe('true');
  });

  test('with another body is refused', async () => {
    const [key, product] = [unused('key'), newProduct()];
    await post(key, product);
    const other = await post(key, { ...product, stock: 3 });
    expect(other.statusCode).toBe(422);
    expect(other.json()).toMatchObject({ type: 'urn:halab:problem:idempotency-key-reused' });
  });

  test('that failed may be tried again with the same key: nothing is left of it', async () => {
    const [key, taken] = [unused('key'), newProduct()];
    await post(unused('key'), taken);
    const refused = await post(key, taken);
    expect(refused.statusCode).toBe(409);
    const created = await post(key, newProduct());
    expect(created.statusCode).toBe(201);
    expect(created.headers).not.toHaveProperty('idempotency-replayed');
  });

  test('is kept for a day: older keys go a few at a time, and may be used again', async () => {
    const [key, product] = [unused('key'), newProduct()];
    await post(key, product);
    await databases.sql(
      'primary',
      `UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = '${key}'`,
    );
    await post(unused('key'), newProduct());
    const again = await post(key, newProduct());
    expect(again.statusCode).toBe(201);
    expect(again.headers).not.toHaveProperty('idempotency-replayed');
  });

  test.each([['""'], [' '], ['"a'], ['a"b'], ['ä'], ['a b'], ['x'.repeat(256)]])(
    'of the form %j is refused',
    async (key) => {
      const response = await post(key, newProduct());
      expect(response.statusCode).toBe(400);
      expect(response.json()).toMatchObject({ type: 'urn:halab:problem:malformed-request' });
    },
  );
});

test('a key may stand in quotes, with what needs them', () => {
  expect(parseIdempotencyKey(undefined)).toBeUndefined();
  expect(parseIdempotencyKey('8e03978e-40d5-43dd')).toBe('8e03978e-40d5-43dd');
  expect(parseIdempotencyKey('"8e03978e"')).toBe('8e03978e');
  expect(parseIdempotencyKey(String.raw`"a \"b\" \\c"`)).toBe(String.raw`a "b" \c`);
  expect(() => parseIdempotencyKey(['a', 'b'])).toThrow('Idempotency-Key');
});
