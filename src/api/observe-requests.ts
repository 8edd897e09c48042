import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiMetrics } from './metrics.js';
import { requestIdHeader } from './request-id.js';
import { logRequest } from './request-log.js';
import type { DatabaseSource } from './servers.js';
import type { TypedFastify } from './typed-fastify.js';

declare module 'fastify' {
  interface FastifyReply {
    /** Where the data of this answer came from; `none` for an error, and where there is no data. */
    source: 'cache' | DatabaseSource | 'none';
    /** What was thrown, when the answer is a problem document. */
    failure: unknown;
  }
}

export interface RequestObserver {
  /** For a request that Fastify takes to no route because its URL is malformed: no hook sees it. */
  beginUnrouted(request: FastifyRequest, reply: FastifyReply): void;
}

/** Gives each answer its `X-Request-Id`, and each finished request its place in the metrics and its line in the log. */
export function observeRequests(app: TypedFastify, metrics: ApiMetrics, logs: boolean): RequestObserver {
  app.decorateReply('source', 'none');
  app.decorateReply('failure');
  const end = (request: FastifyRequest, reply: FastifyReply): void => {
    metrics.observe(request, reply);
    if (logs) logRequest(request, reply);
  };
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header(requestIdHeader, request.id);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    end(request, reply);
    done();
  });
  return {
    beginUnrouted: (request, reply) => {
      reply.source = 'none';
      void reply.header(requestIdHeader, request.id);
      reply.raw.once('finish', () => {
        end(request, reply);
      });
    },
  };
}
