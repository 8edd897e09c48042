import type { ApiMetrics } from '../metrics.js';
import { metrics as schema } from '../route-schemas.js';
import type { TypedFastify } from '../typed-fastify.js';

/** `GET /metrics`, for Prometheus. */
export function exposeMetrics(app: TypedFastify, metrics: ApiMetrics): void {
  app.get('/metrics', { schema }, async (_request, reply) =>
    reply.header('content-type', metrics.contentType).send(await metrics.text()),
  );
}
