import { fastifySwagger } from '@fastify/swagger';
import { fastifySwaggerUi } from '@fastify/swagger-ui';
import { namedSchemas } from './route-schemas.js';
import type { TypedFastify } from './typed-fastify.js';

/**
 * The page loads its own files and nothing else. Swagger UI carries its icons as data: URLs. No
 * upgrade-insecure-requests: the API speaks plain HTTP.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * `/openapi.json` (OpenAPI 3.1) and `/docs`, made from the schemas of the routes that are added afterwards. All
 * that it needs comes with its package: it works without the internet.
 */
export async function documentRoutes(app: TypedFastify): Promise<void> {
  for (const [$id, schema] of Object.entries(namedSchemas)) app.addSchema({ $id, ...schema });
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'halab products API',
        description: 'Products in PostgreSQL: writes to the primary, reads from a cache or a replica.',
        version: '1',
      },
      tags: [
        { name: 'products', description: 'What the API is for' },
        { name: 'operation', description: 'What those who run it ask' },
      ],
    },
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, index) =>
        typeof json['$id'] === 'string' ? json['$id'] : `schema-${index}`,
    },
  });
  await app.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    staticCSP: contentSecurityPolicy,
    theme: { title: 'halab products API' },
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
}
