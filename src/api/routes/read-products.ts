import type { ProductService } from '../product-service.js';
import { defaultPageSize, PageQuery, ProductParams } from '../schemas.js';
import type { TypedFastify } from '../typed-fastify.js';

const jsonMediaType = 'application/json; charset=utf-8';

/** `GET /products/:id` and `GET /products`. */
export function readProducts(app: TypedFastify, products: ProductService): void {
  app.get('/products/:id', { schema: { params: ProductParams } }, async (request, reply) => {
    const { source, cache, json } = await products.get(request.params.id);
    void reply.header('x-cache', cache).header('content-type', jsonMediaType);
    // The cached bytes are passed on as they are: parsing and writing them again halves the throughput.
    return reply.send(`{"source":"${source}","data":${json}}`);
  });

  app.get('/products', { schema: { querystring: PageQuery } }, (request) =>
    products.list(request.query.limit ?? defaultPageSize, request.query.cursor),
  );
}
