import type { ProductService } from '../product-service.js';
import { ProductInput, ProductParams, ProductPatch } from '../schemas.js';
import type { TypedFastify } from '../typed-fastify.js';

/** `POST /products`, and `PUT`, `PATCH`, `DELETE` of `/products/:id`. */
export function writeProducts(app: TypedFastify, products: ProductService): void {
  app.post('/products', { schema: { body: ProductInput } }, async (request, reply) => {
    const { id, product } = await products.create(request.body);
    return reply.code(201).header('location', `/products/${id}`).send({ source: 'primary', data: product });
  });

  app.put('/products/:id', { schema: { params: ProductParams, body: ProductInput } }, async (request) => {
    const { product } = await products.replace(request.params.id, request.body);
    return { source: 'primary', data: product };
  });

  app.patch('/products/:id', { schema: { params: ProductParams, body: ProductPatch } }, async (request) => {
    const { product } = await products.update(request.params.id, request.body);
    return { source: 'primary', data: product };
  });

  app.delete('/products/:id', { schema: { params: ProductParams } }, async (request, reply) => {
    await products.remove(request.params.id);
    return reply.code(204).send();
  });
}
