import { healthz, readyz } from '../route-schemas.js';
import type { Services } from '../services.js';
import type { TypedFastify } from '../typed-fastify.js';

/** `/healthz`: the process answers. `/readyz`: writes and reads can be served (200), or not (503), and why. */
export function health(app: TypedFastify, services: Services): void {
  // A balancer asks several times a second, and the answer is always the same: not logged.
  app.get('/healthz', { schema: healthz, logLevel: 'warn' }, () => ({ status: 'ok' }) as const);

  app.get('/readyz', { schema: readyz }, async (_request, reply) => {
    const readiness = services.readiness();
    return reply
      .code(readiness.ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(readiness);
  });
}
