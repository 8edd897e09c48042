import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import { type FastifyInstance, fastify } from 'fastify';
import { replyWithProblem } from './error-replies.js';
import { ApiProblem } from './problems.js';
import { health } from './routes/health.js';
import { readProducts } from './routes/read-products.js';
import { writeProducts } from './routes/write-products.js';
import { type ApiStats, openServices, type ServicesOptions } from './services.js';
import type { TypedFastify } from './typed-fastify.js';

/** The largest product, every character of it four bytes and escaped, fits. */
const bodyLimitBytes = 64 * 1024;
/** For requests in flight when the API closes. */
const closeGraceMs = 3_000;

export interface AppOptions extends ServicesOptions {
  /** Writes structured log lines to stdout: requests, and each change of a dependency once. Default false. */
  logger?: boolean;
}

/**
 * The products API, apart from the server that listens. It starts even when a dependency is down; `close`
 * closes its connections.
 */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const app: TypedFastify = fastify({
    logger: options.logger === true ? { redact: ['req.headers.authorization', 'req.headers.cookie'] } : false,
    bodyLimit: bodyLimitBytes,
    // Ends idle keep-alive connections on close; what is in flight is waited for.
    forceCloseConnections: 'idle',
    // A proxy goes on sending over a connection until it hears of its end: answered, and told to close, instead of 503.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => void replyWithProblem(error, request, reply),
  });
  const services = await openServices({
    ...options,
    onDependencyChange: (change) => {
      const { dependency, state, lastError } = change;
      app.log[state === 'up' ? 'info' : 'warn']({ dependency, lastError }, `${dependency} is ${state}`);
      options.onDependencyChange?.(change);
    },
  });
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.setErrorHandler(replyWithProblem);
  app.setNotFoundHandler((request, reply) => replyWithProblem(new ApiProblem('not-found'), request, reply));
  readProducts(app, services.products);
  writeProducts(app, services.products);
  health(app, services);
  app.decorate('apiStats', () => services.stats());
  app.addHook('onClose', () => services.close(closeGraceMs));
  await app.ready();
  return app;
}

/** The counts of an app that `buildApp` built. */
export function statsOf(app: FastifyInstance): ApiStats {
  return app.getDecorator<() => ApiStats>('apiStats')();
}
