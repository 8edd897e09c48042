import type { FastifyRequest } from 'fastify';
import type { StaleAnswer } from '../cache/cache-aside.js';
import { entityTag, isKnownToReader, versionIn } from '../conditions.js';
import type { ProductService } from '../product-service.js';
import { getProduct, listProducts } from '../route-schemas.js';
import { defaultPageSize } from '../schemas.js';
import type { TypedFastify } from '../typed-fastify.js';
import type { WalPosition } from '../wal-position.js';

const jsonMediaType = 'application/json; charset=utf-8';

/** `GET /products/:id` and `GET /products`; `positionOf` tells which position a request's answer must hold. */
export function readProducts(
  app: TypedFastify,
  products: ProductService,
  positionOf: (request: Pick<FastifyRequest, 'headers'>) => WalPosition | undefined,
): void {
  // What stands in a path or a header is text already; to validate it took 3 % of a cached read (perf/README.md).
  const validatorCompiler = () => () => true;
  app.get('/products/:id', { schema: getProduct, validatorCompiler }, async (request, reply) => {
    const { source, cache, json, stale } = await products.get(request.params.id, positionOf(request));
    reply.source = source;
    void reply.header('x-cache', cache).header('content-type', jsonMediaType);
    if (stale !== undefined) void reply.header('cache-status', cacheStatus(stale));
    const version = versionIn(json);
    void reply.header('etag', entityTag(version));
    const known = request.headers['if-none-match'];
    if (known !== undefined && isKnownToReader(known, version)) return reply.code(304).send();
    // The cached bytes are passed on as they are: parsing and writing them again halves the throughput.
    return reply.send(`{"source":"${source}","data":${json}}`);
  });

  app.get('/products', { schema: listProducts }, async (request, reply) => {
    const { limit = defaultPageSize, cursor } = request.query;
    const page = await products.list(limit, cursor, positionOf(request));
    reply.source = page.source;
    return page;
  });
}

/** A negative `ttl` says for how long the value has been stale (RFC 9211, section 2.4). */
function cacheStatus({ expiredMs, reason }: StaleAnswer): string {
  const detail = reason === 'error' ? 'stale-if-error' : 'stale-while-revalidate';
  return `halab-api; hit; ttl=${-Math.ceil(expiredMs / 1_000)}; detail=${detail}`;
}
