import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import { type FastifyInstance, fastify, LogController } from 'fastify';
import { replyWithProblem } from './error-replies.js';
import { ApiMetrics } from './metrics.js';
import { observeRequests } from './observe-requests.js';
import { ApiProblem } from './problems.js';
import { requestedPosition, tellPositions } from './read-your-writes.js';
import { requestIds } from './request-id.js';
import { type LogSink, logDependencyChange, loggerOptions } from './request-log.js';
import { health } from './routes/health.js';
import { exposeMetrics } from './routes/metrics.js';
import { readProducts } from './routes/read-products.js';
import { writeProducts } from './routes/write-products.js';
import { type ApiStats, openServices, type ServicesOptions } from './services.js';
import type { TypedFastify } from './typed-fastify.js';

/** The largest product, every character of it four bytes and escaped, fits. */
const bodyLimitBytes = 64 * 1024;
/** For requests in flight when the API closes. */
const closeGraceMs = 3_000;

export interface AppOptions extends ServicesOptions {
  /** Takes the log: a line of JSON for each finished request and each change of a dependency. Default: no log. */
  log?: LogSink;
  /** Serves `/openapi.json` and `/docs`. False: their packages are not loaded. Default true. */
  docs?: boolean;
}

/**
 * The products API, apart from the server that listens. It starts even when a dependency is down; `close`
 * closes its connections.
 */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const app: TypedFastify = fastify({
    logger: loggerOptions(options.log),
    // Each request has one line, when it has finished.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIds(),
    bodyLimit: bodyLimitBytes,
    // Ends idle keep-alive connections on close; what is in flight is waited for.
    forceCloseConnections: 'idle',
    // A proxy goes on sending over a connection until it hears of its end: answered, and told to close, instead of 503.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      observer.beginUnrouted(request, reply);
      void replyWithProblem(error, request, reply);
    },
  });
  const [services, documentation] = await Promise.all([
    openServices({
      ...options,
      onDependencyChange: (change) => {
        logDependencyChange(app.log, change);
        options.onDependencyChange?.(change);
      },
    }),
    // Loaded while the servers are asked who they are.
    options.docs === false ? undefined : import('./documentation.js'),
  ]);
  const metrics = new ApiMetrics(() => services.stats());
  const observer = observeRequests(app, metrics, options.log !== undefined);
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler(replyWithProblem);
  app.setNotFoundHandler((request, reply) => replyWithProblem(new ApiProblem('not-found'), request, reply));
  const readsOwnWrites = options.reads === 'read-your-writes';
  if (readsOwnWrites) tellPositions(app, () => services.position());
  await documentation?.documentRoutes(app);
  readProducts(app, services.products, readsOwnWrites ? requestedPosition : () => undefined);
  writeProducts(app, services.products);
  health(app, services);
  exposeMetrics(app, metrics);
  app.decorate('apiStats', () => services.stats());
  // Before Fastify waits for the requests in flight, of which they are some.
  app.addHook('preClose', (done) => {
    services.stopWaiting();
    done();
  });
  app.addHook('onClose', () => services.close(closeGraceMs));
  await app.ready();
  return app;
}

/** The counts of an app that `buildApp` built. */
export function statsOf(app: FastifyInstance): ApiStats {
  return app.getDecorator<() => ApiStats>('apiStats')();
}
