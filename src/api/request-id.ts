import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const requestIdHeader = 'x-request-id';

/** Visible ASCII and short: what cannot break a log line or a header. */
const acceptable = /^[\x21-\x7e]{1,128}$/;

/**
 * Gives each request the id that its log lines and its answer carry: the client's own `X-Request-Id` when it is 1
 * to 128 visible ASCII characters, otherwise a new one, unique among all processes.
 */
export function requestIds(): (request: IncomingMessage) => string {
  const prefix = randomBytes(9).toString('base64url');
  let count = 0;
  return (request) => {
    const given = request.headers[requestIdHeader];
    if (typeof given === 'string' && acceptable.test(given)) return given;
    count += 1;
    return `${prefix}-${count.toString(36)}`;
  };
}
