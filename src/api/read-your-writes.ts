import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiProblem } from './problems.js';
import { formatWalPosition, laterPosition, parseWalPosition, type WalPosition } from './wal-position.js';

/** On a write's answer: its place in the WAL. On a read: the answer must hold what was written before that place. */
const positionHeader = 'x-write-position';
const positionCookie = 'halab_write_position';

const cookieForm = new RegExp(`(?:^|;)\\s*${positionCookie}=([^;]*)`);

/**
 * The place in the WAL that a client's reads must hold, from its header, else from its cookie; undefined when it names
 * none.
 *
 * @throws ApiProblem `validation` for a header of another form; such a cookie is ignored
 */
export function requestedPosition({ headers }: Pick<FastifyRequest, 'headers'>): WalPosition | undefined {
  const header = headers[positionHeader];
  if (typeof header === 'string') {
    const position = parseWalPosition(header);
    if (position !== undefined) return position;
    const message = 'must be TIMELINE-LSN, such as 1-0/3045F78';
    throw new ApiProblem('validation', {
      detail: `${positionHeader} ${message}`,
      errors: [{ path: '', message }],
    });
  }
  const [, cookie] = cookieForm.exec(headers.cookie ?? '') ?? [];
  return cookie === undefined ? undefined : parseWalPosition(cookie.trim());
}

/** Tells the client of every successful write its place in the WAL, in a header and in a cookie of the session. */
export function tellPositions(app: FastifyInstance, currentPosition: () => Promise<WalPosition>): void {
  app.addHook('onSend', async (request, reply) => {
    if (request.method === 'GET' || request.method === 'HEAD' || reply.statusCode >= 300) return;
    // Answers to one client may overtake each other; its position must not go back.
    const text = formatWalPosition(laterPosition(await currentPosition(), knownPosition(request)));
    reply.header(positionHeader, text);
    reply.header('set-cookie', `${positionCookie}=${text}; Path=/; HttpOnly; SameSite=Lax`);
  });
}

function knownPosition(request: FastifyRequest): WalPosition | undefined {
  try {
    return requestedPosition(request);
  } catch {
    return undefined; // The write is done already: a position of another form is no reason to refuse it.
  }
}
