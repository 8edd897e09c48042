import { HalabError } from '../errors/halab-error.js';
import type { EngineEndpoint } from './engine.js';

interface EngineFailure {
  code?: string;
  statusCode?: number;
  message: string;
  json?: { message?: string } | null;
}

const asFailure = (error: unknown): EngineFailure =>
  error instanceof Error ? error : { message: String(error) };

/** The HTTP status of the engine's answer; undefined when it was no answer of an engine. */
export const statusOf = (error: unknown): number | undefined => asFailure(error).statusCode;

const unreachableCodes = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'EACCES',
  'EPERM',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'ECONNRESET',
  'EPIPE',
  'ENOTSOCK',
]);

/** What dockerode threw, as an error of halab. Errors that are none of the engine's pass unchanged. */
export function engineError(error: unknown, endpoint: EngineEndpoint): unknown {
  if (error instanceof HalabError) return error;
  const { code, statusCode, message, json } = asFailure(error);
  if (statusCode === undefined && code !== undefined && unreachableCodes.has(code)) {
    return new HalabError(
      'ENGINE_UNREACHABLE',
      `No Docker Engine answers at ${endpoint.url}, which ${endpoint.foundBy} names (${code}).`,
      {
        hint:
          code === 'EACCES'
            ? 'Your user may not use that socket: add it to the group docker, or run halab as root.'
            : 'Start the engine, or point DOCKER_HOST at one; on Debian and Ubuntu bin/setup installs one.',
        cause: error,
      },
    );
  }
  if (statusCode === undefined) return error;
  const reason = json?.message ?? message;
  const port = /(?:Bind for|listen tcp4?) [\d.]+:(\d+)/.exec(reason)?.[1];
  if (port !== undefined && /already allocated|address already in use/.test(reason)) {
    return new HalabError('PORT_TAKEN', `Port ${port} is in use.`, {
      hint: 'Stop what uses it, or choose others: halab up --port-offset 100, or --ports auto.',
      cause: error,
    });
  }
  if (reason.includes('non-overlapping IPv4 address pool')) {
    return new HalabError('ENGINE_FAILED', 'The engine has no address range left for another network.', {
      hint: 'Remove stacks that are no longer needed (halab ls, halab down), or networks: docker network prune.',
      cause: error,
    });
  }
  if (statusCode === 404 && reason.includes('No such container')) {
    return new HalabError('STACK_INCOMPLETE', `A container that was there a moment ago is gone: ${reason}.`, {
      hint: 'Another command may be removing the stack. See what is left: halab ls.',
      cause: error,
    });
  }
  return new HalabError('ENGINE_FAILED', `The engine answered: ${reason}`, { cause: error });
}
