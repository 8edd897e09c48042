import type { FastifyReply, FastifyRequest } from 'fastify';
import { DatabaseOverloaded, DatabaseUnavailable } from './database-errors.js';
import { ApiProblem, type FieldError, problemMediaType, type WriteOutcome } from './problems.js';

const maxFieldErrors = 20;
const retryAfterSeconds = 1;

/** The form of one complaint of TypeBox's validator. */
interface SchemaError {
  keyword: string;
  instancePath: string;
  message: string;
}

/** Answers with the problem document of whatever was thrown. */
export function replyWithProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error, request.method === 'GET' || request.method === 'HEAD');
  // Told in the request's line of the log.
  reply.failure = error;
  if (problem.extras.retryAfterSeconds !== undefined) {
    void reply.header('retry-after', problem.extras.retryAfterSeconds);
  }
  // As bytes: for a string Fastify appends a charset, which this media type does not have.
  return reply
    .code(problem.status)
    .type(problemMediaType)
    .send(Buffer.from(JSON.stringify(problem)));
}

/** The problem that tells a client of this error. For writes it says whether the write may have happened. */
function toProblem(error: unknown, isRead: boolean): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof DatabaseUnavailable) return unavailable('unavailable', error.outcome, isRead);
  if (error instanceof DatabaseOverloaded) return unavailable('overloaded', 'not-applied', isRead);
  const { statusCode, validation } = error as { statusCode?: number; validation?: unknown };
  if (Array.isArray(validation)) return invalid(validation as SchemaError[]);
  const message = error instanceof Error ? error.message : String(error);
  if (statusCode === 413) return new ApiProblem('body-too-large', { detail: message });
  if (statusCode === 415) return new ApiProblem('unsupported-media-type', { detail: message });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new ApiProblem('malformed-request', { detail: message }, statusCode);
  }
  return new ApiProblem('internal');
}

function unavailable(name: 'unavailable' | 'overloaded', outcome: WriteOutcome, isRead: boolean): ApiProblem {
  if (isRead) return new ApiProblem(name, { retryAfterSeconds });
  const detail =
    outcome === 'unknown'
      ? 'The connection broke before the answer: the write may or may not have happened'
      : 'The write did not happen';
  return new ApiProblem(name, { detail, outcome, retryAfterSeconds });
}

function invalid(complaints: SchemaError[]): ApiProblem {
  const errors: FieldError[] = complaints
    // Said again, better, by `additionalProperties`' complaint on the same field.
    .filter(({ keyword }) => keyword !== 'additionalProperties')
    .slice(0, maxFieldErrors)
    .map(({ keyword, instancePath, message }) => ({
      path: instancePath,
      message: keyword === 'boolean' ? 'is not a known property' : message,
    }));
  const [first] = errors;
  const detail = first === undefined ? undefined : `${first.path} ${first.message}`.trim();
  return new ApiProblem('validation', { ...(detail === undefined ? {} : { detail }), errors });
}
