import type { FastifyReply } from 'fastify';
import { entityTag, writeCondition } from '../conditions.js';
import { parseIdempotencyKey } from '../idempotency-key.js';
import type { ProductService } from '../product-service.js';
import type { StoredProduct } from '../products-store.js';
import { createProduct, deleteProduct, replaceProduct, updateProduct } from '../route-schemas.js';
import type { Product } from '../schemas.js';
import type { TypedFastify } from '../typed-fastify.js';

interface Written {
  source: 'primary';
  data: Product;
}

function answer(reply: FastifyReply, { version, product }: StoredProduct): Written {
  reply.source = 'primary';
  void reply.header('etag', entityTag(version));
  return { source: 'primary', data: product };
}

/** `POST /products`, and `PUT`, `PATCH`, `DELETE` of `/products/:id`. */
export function writeProducts(app: TypedFastify, products: ProductService): void {
  app.post('/products', { schema: createProduct }, async ({ body, headers }, reply) => {
    const created = await products.create(body, parseIdempotencyKey(headers['idempotency-key']));
    if (created.replayed === true) void reply.header('idempotency-replayed', 'true');
    void reply.code(201).header('location', `/products/${created.id}`);
    return answer(reply, created);
  });

  app.put('/products/:id', { schema: replaceProduct }, async ({ params, body, headers }, reply) =>
    answer(reply, await products.replace(params.id, body, writeCondition(headers))),
  );

  app.patch('/products/:id', { schema: updateProduct }, async ({ params, body, headers }, reply) =>
    answer(reply, await products.update(params.id, body, writeCondition(headers))),
  );

  app.delete('/products/:id', { schema: deleteProduct }, async ({ params, headers }, reply) => {
    await products.remove(params.id, writeCondition(headers));
    reply.source = 'primary';
    return reply.code(204).send();
  });
}
