import { Validator } from '@seriousme/openapi-schema-validator';
import type { InjectOptions } from 'fastify';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/api/app.js';
import { type RunningApi, startApi } from '../../src/api/serve.js';
import { type Databases, startDatabases } from './fixture.js';

let databases: Databases;
let api: RunningApi;
let document: OpenApi;

beforeAll(async () => {
  databases = await startDatabases();
  api = await startApi({ ...databases, port: 0 });
  document = (await (await fetch(`${api.url}/openapi.json`)).json()) as OpenApi;
});
afterAll(async () => {
  await api.close();
  await databases.remove();
});

interface Answer {
  headers?: Record<string, unknown>;
  content?: Record<
    string,
    { schema: object; example?: unknown; examples?: Record<string, { value: unknown }> }
  >;
}
interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, { responses: Record<string, Answer> }>>;
  components: { schemas: Record<string, object> };
}

/** With references replaced, and no property beyond those that are named. */
function resolved(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(resolved);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref } = schema as { $ref?: string };
  if ($ref !== undefined) {
    const named = document.components.schemas[$ref.replace('#/components/schemas/', '')];
    if (named === undefined) throw new Error(`There is no ${$ref}`);
    return resolved(named);
  }
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, resolved(value)]));
  return 'properties' in copy ? { ...copy, additionalProperties: false } : copy;
}

const problemsWith = (schema: object, value: unknown): unknown[] => [
  ...Value.Errors(resolved(schema) as object, value),
];

describe('/openapi.json', () => {
  test('is a valid OpenAPI 3.1 document', async () => {
    expect(document.openapi).toBe('3.1.0');
    expect(await new Validator().validate(document as unknown as Record<string, unknown>)).toEqual({
      valid: true,
    });
  });

  test('names every route', () => {
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(routes.sort()).toEqual([
      'delete /products/{id}',
      'get /healthz',
      'get /metrics',
      'get /products',
      'get /products/{id}',
      'get /readyz',
      'patch /products/{id}',
      'post /products',
      'put /products/{id}',
    ]);
  });

  test('has examples that its own schemas accept', () => {
    const media = Object.values(document.paths)
      .flatMap((methods) => Object.values(methods))
      .flatMap(({ responses }) => Object.values(responses))
      .flatMap(({ content }) => Object.values(content ?? {}));
    const examples = media.flatMap(({ schema, example, examples = {} }) =>
      [...(example === undefined ? [] : [example]), ...Object.values(examples).map(({ value }) => value)].map(
        (value) => ({ schema, value }),
      ),
    );
    expect(examples.length).toBeGreaterThan(20);
    for (const { schema, value } of examples) expect(problemsWith(schema, value)).toEqual([]);
  });
});

/** Headers that an answer has when an option or an earlier request calls for them; each has its own test. */
const onlySometimes = new Set(['Cache-Status', 'Idempotency-Replayed', 'X-Write-Position']);

describe('an answer has the status, the media type, the headers and the form that the document says', () => {
  const json = { 'content-type': 'application/json' };
  const lamp = { sku: 'DOC-1', name: 'A lamp', price: '12.50' };
  test.each<[string, number, InjectOptions]>([
    ['get /products/{id}', 200, { url: '/products/7' }],
    ['get /products/{id}', 404, { url: '/products/999999' }],
    ['get /products', 200, { url: '/products?limit=2' }],
    ['get /products', 422, { url: '/products?limit=0' }],
    ['post /products', 201, { method: 'POST', url: '/products', payload: lamp }],
    ['post /products', 409, { method: 'POST', url: '/products', payload: lamp }],
    ['post /products', 422, { method: 'POST', url: '/products', payload: {} }],
    ['post /products', 400, { method: 'POST', url: '/products', headers: json, payload: '{' }],
    ['post /products', 413, { method: 'POST', url: '/products', payload: { name: 'x'.repeat(70_000) } }],
    [
      'post /products',
      415,
      { method: 'POST', url: '/products', headers: { 'content-type': 'text/csv' }, payload: 'a,b' },
    ],
    ['put /products/{id}', 200, { method: 'PUT', url: '/products/9', payload: { ...lamp, sku: 'DOC-9' } }],
    ['put /products/{id}', 404, { method: 'PUT', url: '/products/999999', payload: lamp }],
    ['patch /products/{id}', 200, { method: 'PATCH', url: '/products/9', payload: { stock: 4 } }],
    ['patch /products/{id}', 422, { method: 'PATCH', url: '/products/9', payload: { stock: -1 } }],
    ['delete /products/{id}', 204, { method: 'DELETE', url: '/products/10' }],
    ['delete /products/{id}', 404, { method: 'DELETE', url: '/products/999999' }],
    ['get /healthz', 200, { url: '/healthz' }],
    ['get /readyz', 200, { url: '/readyz' }],
    ['get /metrics', 200, { url: '/metrics' }],
  ])('%s %i', async (route, status, request) => {
    const app = await buildApp(databases);
    try {
      check(await app.inject(request));
    } finally {
      await app.close();
    }

    function check(response: Awaited<ReturnType<typeof app.inject>>): void {
      expect(response.statusCode, response.body).toBe(status);
      const [method = '', path = ''] = route.split(' ');
      const documented = document.paths[path]?.[method]?.responses[status];
      expect(documented).toBeDefined();
      for (const header of Object.keys(documented?.headers ?? {})) {
        if (onlySometimes.has(header)) continue;
        expect(response.headers).toHaveProperty(header.toLowerCase());
      }
      const [media] = Object.entries(documented?.content ?? {});
      if (media === undefined) {
        expect(response.body).toBe('');
        return;
      }
      const [mediaType, { schema }] = media;
      expect(String(response.headers['content-type']).split(';')[0]).toBe(mediaType);
      const value = mediaType.endsWith('json') ? response.json<unknown>() : response.body;
      expect(problemsWith(schema, value)).toEqual([]);
    }
  });

  test('an outage', async () => {
    const nowhere = 'postgres://app:x@127.0.0.1:1/shop';
    const app = await buildApp({ writeUrl: nowhere, readUrl: nowhere, redisUrl: 'redis://127.0.0.1:1' });
    try {
      const read = await app.inject('/products/7');
      const documented = document.paths['/products/{id}']?.['get']?.responses[503];
      expect(read.headers).toHaveProperty('retry-after');
      expect(
        problemsWith(documented?.content?.['application/problem+json']?.schema ?? {}, read.json()),
      ).toEqual([]);
      const ready = await app.inject('/readyz');
      const readiness = document.paths['/readyz']?.['get']?.responses[503];
      expect(problemsWith(readiness?.content?.['application/json']?.schema ?? {}, ready.json())).toEqual([]);
    } finally {
      await app.close();
    }
  });
});

describe('/docs', () => {
  test('is a page whose every file comes from the API itself, under a policy that allows no other', async () => {
    for (const url of [`${api.url}/docs`, `${api.url}/docs/`]) {
      const page = await fetch(url);
      expect(page.status).toBe(200);
      const policy = page.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/https?:|script-src[^;]*unsafe/);
      const html = await page.text();
      expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
      const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, asset]) => asset ?? '');
      expect(assets.length).toBeGreaterThan(4);
      for (const asset of assets) {
        expect(asset).toMatch(/^\.?\//);
        const response = await fetch(new URL(asset, page.url));
        expect(response.status, asset).toBe(200);
        expect((await response.arrayBuffer()).byteLength, asset).toBeGreaterThan(50);
        const type = response.headers.get('content-type');
        if (asset.endsWith('.js')) expect(type).toContain('javascript');
        if (asset.endsWith('.css')) expect(type).toContain('text/css');
      }
    }
  });

  test('loads the same document as /openapi.json, and sends it to no validator', async () => {
    const script = await (await fetch(`${api.url}/docs/static/swagger-initializer.js`)).text();
    expect(script).toContain("url: resolveUrl('./json')");
    expect(script).toContain('validatorUrl: null');
    expect(await (await fetch(`${api.url}/docs/json`)).json()).toEqual(document);
  });

  test.each([
    '/docs/static/..%2f..%2fpackage.json',
    '/docs/static/%00',
    '/docs/static/nothing.js',
    '/docs/x',
  ])('has nothing else: %s', async (path) => {
    const { status } = await fetch(`${api.url}${path}`);
    expect([400, 404]).toContain(status);
  });

  test('can be left out, and the document with it', async () => {
    const bare = await buildApp({ ...databases, docs: false });
    try {
      for (const url of ['/docs', '/docs/json', '/openapi.json']) {
        expect((await bare.inject(url)).statusCode).toBe(404);
      }
      expect((await bare.inject('/products/7')).statusCode).toBe(200);
    } finally {
      await bare.close();
    }
  });
});
