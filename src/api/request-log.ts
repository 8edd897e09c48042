import type { FastifyBaseLogger, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import { describeError } from './database-errors.js';
import type { DependencyChange } from './dependency-state.js';

/** Where log lines go: a file's stream, standard error, a test's array. */
export interface LogSink {
  /** Takes one line of JSON, its newline included. */
  write(line: string): void;
}

const maxPathLength = 200;
const maxCauses = 5;

/** What pino is told. Lines hold no header, no body and no query, so that no secret can get in. */
export function loggerOptions(sink: LogSink | undefined): NonNullable<FastifyServerOptions['logger']> {
  if (sink === undefined) return false;
  return {
    stream: sink,
    level: 'info',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: describeFailure },
  };
}

/** The one line of a finished request; of an answer of 500 and above with its cause. */
export function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const line = {
    method: request.method,
    path: pathOf(request.url),
    route: request.routeOptions.url ?? null,
    status: reply.statusCode,
    source: reply.source,
    durationMs: Math.round(reply.elapsedTime * 1_000) / 1_000,
  };
  if (reply.statusCode < 500) request.log.info(line, 'request');
  else request.log.error({ ...line, err: reply.failure }, 'request');
}

export function logDependencyChange(
  log: FastifyBaseLogger,
  { dependency, state, lastError }: DependencyChange,
): void {
  if (state === 'up') log.info({ dependency, state }, 'dependency');
  else log.warn({ dependency, state, lastError }, 'dependency');
}

/** Without the query, where a client may have put a secret. */
function pathOf(url: string): string {
  const end = url.indexOf('?');
  return (end < 0 ? url : url.slice(0, end)).slice(0, maxPathLength);
}

/**
 * An error, and what caused it. Not pino's own form, which has every property: a driver's error may carry the values
 * of the statement.
 */
function describeFailure(error: unknown): { type: string; message: string; stack: string; causes: string[] } {
  const causes: string[] = [];
  let cause = causeOf(error);
  while (cause !== undefined && causes.length < maxCauses) {
    causes.push(describeError(cause));
    cause = causeOf(cause);
  }
  const [type, stack] = error instanceof Error ? [error.name, error.stack ?? ''] : [typeof error, ''];
  return { type, message: describeError(error), stack, causes };
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
