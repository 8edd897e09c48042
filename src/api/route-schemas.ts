import { type Static, type TSchema, Type } from 'typebox';
import { type ProblemName, problemCatalogue, problemMediaType, problemType } from './problems.js';
import { PageQuery, Product, ProductInput, ProductParams, ProductPatch } from './schemas.js';

/**
 * What each route takes and answers: the requests' part validates and types, the answers' part types and documents.
 * Answers are written by JSON.stringify, whatever their schema: a schema never drops a field from one.
 */

const productExample: Product = {
  id: 7,
  sku: 'MUG-7',
  name: 'Mug',
  description: 'Holds 0.3 l',
  price: '9.90',
  stock: 12,
  version: 1,
  createdAt: '2026-01-31T12:00:00.000Z',
  updatedAt: '2026-01-31T12:00:00.000Z',
};

const Problem = Type.Object(
  {
    type: Type.String({ description: 'Stable: what to compare with' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.Optional(Type.String()),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          path: Type.String({
            description: 'JSON Pointer into the body, or `/limit`, `/cursor`; empty for the body itself',
          }),
          message: Type.String(),
        }),
      ),
    ),
    outcome: Type.Optional(
      Type.Enum(['not-applied', 'unknown'], {
        description: 'Of a write that was not acknowledged: it did not happen, or only a read can tell',
      }),
    ),
  },
  { description: 'A problem document (RFC 9457)' },
);

const Dependency = Type.Object({
  state: Type.Enum(['up', 'down']),
  since: Type.String({ format: 'date-time' }),
  lastError: Type.Union([Type.String(), Type.Null()]),
});

/** The schemas that have a name in the document. */
export const namedSchemas = { Product, Problem, Dependency };

/** A reference to one of them, with its type. */
function named<Name extends keyof typeof namedSchemas>(name: Name) {
  return Type.Unsafe<Static<(typeof namedSchemas)[Name]>>({ $ref: `${name}#` });
}

const requestIdHeader = {
  'X-Request-Id': Type.String({ description: 'The id of the request, given by the client or made' }),
};

const etagHeader = {
  ETag: Type.String({ description: 'The version of the product', examples: ['"5"'] }),
};

/** Only with `--reads read-your-writes`. */
const writePositionHeader = {
  'X-Write-Position': Type.String({
    description: 'With read-your-writes: the place of this write in the WAL, to be sent with later reads',
    examples: ['1-0/3045F78'],
  }),
};

const WritePosition = Type.Optional(
  Type.String({
    description: 'With read-your-writes: answer with what was written before this place in the WAL',
  }),
);
const IfMatch = Type.Object({
  'if-match': Type.Optional(
    Type.String({ description: 'Write only over one of these versions', examples: ['"5"'] }),
  ),
});

const FoundProduct = Type.Object(
  {
    source: Type.Enum(['cache', 'replica', 'primary']),
    data: named('Product'),
  },
  {
    description: 'The product',
    examples: [{ source: 'cache', data: productExample }],
    headers: {
      ...requestIdHeader,
      ...etagHeader,
      'Cache-Status': Type.String({
        description: 'Only of an expired value (RFC 9211)',
        examples: ['halab-api; hit; ttl=-3; detail=stale-if-error'],
      }),
      'X-Cache': Type.Enum(['HIT', 'MISS', 'BYPASS'], {
        description: 'BYPASS: caching is off, or Redis did not answer in time',
      }),
    },
  },
);

const ProductPage = Type.Object(
  {
    source: Type.Enum(['replica', 'primary']),
    data: Type.Array(named('Product')),
    nextCursor: Type.Union([Type.String(), Type.Null()], { description: 'Null on the last page' }),
  },
  {
    description: 'Products in the order of their ids',
    examples: [{ source: 'replica', data: [productExample], nextCursor: 'YWZ0ZXI6Nw' }],
    headers: requestIdHeader,
  },
);

const written = (description: string, headers: Record<string, TSchema> = {}) =>
  Type.Object(
    { source: Type.Enum(['primary']), data: named('Product') },
    {
      description,
      examples: [{ source: 'primary', data: productExample }],
      headers: { ...requestIdHeader, ...etagHeader, ...writePositionHeader, ...headers },
    },
  );

/** The error answers of a route, by status. Their bodies come from the error handler, not from the route: no type. */
function problems(...names: ProblemName[]): object {
  const byStatus = new Map<number, { titles: string[]; examples: Record<string, object> }>();
  for (const name of [...names, 'internal'] as const) {
    const { status, title } = problemCatalogue[name];
    const entry = byStatus.get(status) ?? { titles: [], examples: {} };
    byStatus.set(status, entry);
    entry.titles.push(title);
    entry.examples[name] = { value: { type: problemType(name), title, status } };
  }
  return Object.fromEntries(
    [...byStatus].map(([status, { titles, examples }]) => [
      status,
      {
        description: titles.join('; '),
        headers: {
          ...requestIdHeader,
          ...(status === 503 ? { 'Retry-After': Type.Integer({ description: 'In seconds' }) } : {}),
        },
        content: { [problemMediaType]: { schema: named('Problem'), examples } },
      },
    ]),
  );
}

const readProblems = ['overloaded', 'unavailable'] as const;
const bodyProblems = ['malformed-request', 'body-too-large', 'unsupported-media-type', 'validation'] as const;

export const getProduct = {
  operationId: 'getProduct',
  tags: ['products'],
  summary: 'One product: from the cache, else from the replica, else from the primary',
  params: ProductParams,
  // Its type is text: the route sends JSON that is already written.
  headers: Type.Object({
    'if-none-match': Type.Optional(
      Type.String({
        description: 'Answer 304 when the product has one of these versions',
        examples: ['"5"'],
      }),
    ),
    'x-write-position': WritePosition,
  }),
  response: {
    200: Type.Unsafe<string>(FoundProduct),
    304: Type.Unsafe<undefined>(
      Type.Null({
        description: 'The reader has this version',
        headers: { ...requestIdHeader, ...etagHeader },
      }),
    ),
    ...problems('malformed-request', 'not-found', 'validation', ...readProblems),
  },
};

export const listProducts = {
  operationId: 'listProducts',
  tags: ['products'],
  summary: 'A page of products, from a database and never from the cache',
  querystring: PageQuery,
  headers: Type.Object({ 'x-write-position': WritePosition }),
  response: { 200: ProductPage, ...problems('malformed-request', 'validation', ...readProblems) },
};

export const createProduct = {
  operationId: 'createProduct',
  tags: ['products'],
  summary: 'Create a product',
  body: ProductInput,
  headers: Type.Object({
    'idempotency-key': Type.Optional(
      Type.String({ description: 'A repeated request with the same key makes no second product' }),
    ),
  }),
  response: {
    201: written('Created', {
      Location: Type.String({ description: 'The path of the product' }),
      'Idempotency-Replayed': Type.String({ description: '`true` when an earlier request made the product' }),
    }),
    ...problems(...bodyProblems, 'sku-taken', 'idempotency-key-reused', ...readProblems),
  },
};

export const replaceProduct = {
  operationId: 'replaceProduct',
  tags: ['products'],
  summary: 'Replace all that a client may set',
  params: ProductParams,
  headers: IfMatch,
  body: ProductInput,
  response: {
    200: written('Replaced'),
    ...problems(...bodyProblems, 'not-found', 'sku-taken', 'precondition-failed', ...readProblems),
  },
};

export const updateProduct = {
  operationId: 'updateProduct',
  tags: ['products'],
  summary: 'Change what the body names',
  params: ProductParams,
  headers: IfMatch,
  body: ProductPatch,
  response: {
    200: written('Changed'),
    ...problems(...bodyProblems, 'not-found', 'sku-taken', 'precondition-failed', ...readProblems),
  },
};

export const deleteProduct = {
  operationId: 'deleteProduct',
  tags: ['products'],
  summary: 'Delete a product',
  params: ProductParams,
  headers: IfMatch,
  response: {
    204: Type.Unsafe<undefined>(
      Type.Null({ description: 'Deleted', headers: { ...requestIdHeader, ...writePositionHeader } }),
    ),
    ...problems('malformed-request', 'not-found', 'precondition-failed', ...readProblems),
  },
};

export const healthz = {
  operationId: 'healthz',
  tags: ['operation'],
  summary: 'Whether the process answers',
  response: { 200: Type.Object({ status: Type.Enum(['ok']) }, { description: 'It does' }) },
};

const readiness = (description: string, ready: boolean) =>
  Type.Object(
    {
      ready: Type.Boolean(),
      dependencies: Type.Object({
        primary: Type.Optional(named('Dependency')),
        replica: Type.Optional(named('Dependency')),
        redis: Type.Optional(named('Dependency')),
      }),
    },
    { description, examples: [{ ready, dependencies: {} }] },
  );

export const readyz = {
  operationId: 'readyz',
  tags: ['operation'],
  summary: 'Whether writes and reads can be served, and the state of each dependency',
  response: { 200: readiness('They can', true), 503: readiness('They cannot', false) },
};

export const metrics = {
  operationId: 'metrics',
  tags: ['operation'],
  summary: 'Metrics for Prometheus',
  response: {
    200: {
      description: 'In the text format of Prometheus',
      content: { 'text/plain': { schema: Type.String() } },
    },
  },
};
