import { entityTag, writeCondition } from '../conditions.js';
import { parseIdempotencyKey } from '../idempotency-key.js';
import type { ProductService } from '../product-service.js';
import type { StoredProduct } from '../products-store.js';
import { ProductInput, ProductParams, ProductPatch } from '../schemas.js';
import type { TypedFastify } from '../typed-fastify.js';

const answer = ({ product }: StoredProduct): { source: 'primary'; data: StoredProduct['product'] } => ({
  source: 'primary',
  data: product,
});

/** `POST /products`, and `PUT`, `PATCH`, `DELETE` of `/products/:id`. */
export function writeProducts(app: TypedFastify, products: ProductService): void {
  app.post('/products', { schema: { body: ProductInput } }, async ({ body, headers }, reply) => {
    const created = await products.create(body, parseIdempotencyKey(headers['idempotency-key']));
    if (created.replayed === true) void reply.header('idempotency-replayed', 'true');
    return reply
      .code(201)
      .header('location', `/products/${created.id}`)
      .header('etag', entityTag(created.version))
      .send(answer(created));
  });

  app.put(
    '/products/:id',
    { schema: { params: ProductParams, body: ProductInput } },
    async (request, reply) => {
      const stored = await products.replace(request.params.id, request.body, writeCondition(request.headers));
      return reply.header('etag', entityTag(stored.version)).send(answer(stored));
    },
  );

  app.patch(
    '/products/:id',
    { schema: { params: ProductParams, body: ProductPatch } },
    async (request, reply) => {
      const stored = await products.update(request.params.id, request.body, writeCondition(request.headers));
      return reply.header('etag', entityTag(stored.version)).send(answer(stored));
    },
  );

  app.delete('/products/:id', { schema: { params: ProductParams } }, async (request, reply) => {
    await products.remove(request.params.id, writeCondition(request.headers));
    return reply.code(204).send();
  });
}
