import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as openRequest,
} from 'node:http';
import type { Socket } from 'node:net';
import { errorCodeOf, noAnswer } from './classify-error.js';

/** How one request ended. Never an exception: a broken exchange is what is measured here. */
export type Exchange =
  /** `isComplete` is false when the connection broke within the body. */
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly body: string;
      readonly isComplete: boolean;
    }
  /** `sent` is true from the moment the connection is established: the bytes leave at once then. */
  | { readonly kind: 'broken'; readonly sent: boolean; readonly errorCode: string };

export interface HttpClientOptions {
  /** A function is asked for each request: what listens there may be replaced by another. */
  baseUrl: string | (() => string);
  /** From the call until the end of the body. */
  answerTimeoutMs: number;
}

/** One client with one connection, kept alive between requests; call after call, not side by side. */
export interface HttpClient {
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Exchange>;
  readonly post: (path: string, body: object) => Promise<Exchange>;
  readonly patch: (path: string, body: object) => Promise<Exchange>;
  /** Resolves when a GET is ready but for its bytes, with what sends it. */
  readonly prepareGet: (path: string) => Promise<() => Promise<Exchange>>;
  /** Breaks the connection, and with it a request in flight. */
  readonly close: () => void;
}

/**
 * The same GET of many clients, each connected already, at one moment: all but the bytes is done before the first one is
 * sent. Making 200 requests takes longer than the first of them takes to be answered.
 */
export async function getAtOnce(clients: readonly HttpClient[], path: string): Promise<Exchange[]> {
  const prepared = await Promise.all(clients.map((client) => client.prepareGet(path)));
  return await Promise.all(prepared.map((send) => send()));
}

/** Answers of the API are small; what comes beyond this is read, so that the connection can be used again, and dropped. */
const maxBodyBytes = 64 * 1024;

export function openHttpClient({ baseUrl, answerTimeoutMs }: HttpClientOptions): HttpClient {
  // Of its own, so that a client never waits for another's connection.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const open = (method: string, path: string, headers: object = {}): ClientRequest =>
    openRequest(new URL(path, typeof baseUrl === 'string' ? baseUrl : baseUrl()), {
      agent,
      method,
      headers: { ...headers },
    });
  const exchange = (method: string, path: string, headers: object, json?: string): Promise<Exchange> => {
    const request = open(method, path, headers);
    const ended = awaitEnd(request, answerTimeoutMs);
    request.end(json);
    return ended;
  };
  const send = (method: string, path: string, body: object): Promise<Exchange> => {
    const json = JSON.stringify(body);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) };
    return exchange(method, path, headers, json);
  };
  return {
    get: (path, headers = {}) => exchange('GET', path, headers),
    post: (path, body) => send('POST', path, body),
    patch: (path, body) => send('PATCH', path, body),
    prepareGet: async (path) => {
      const request = open('GET', path);
      const ended = awaitEnd(request, answerTimeoutMs);
      const held = new Promise<Socket>((resolve) => {
        request.once('socket', (socket) => {
          // The request writes to it as soon as this returns.
          socket.cork();
          resolve(socket);
        });
      });
      request.end();
      const socket = await Promise.race([held, ended.then(() => undefined)]);
      return () => {
        socket?.uncork();
        return ended;
      };
    },
    close: () => {
      agent.destroy();
    },
  };
}

function awaitEnd(request: ClientRequest, answerTimeoutMs: number): Promise<Exchange> {
  return new Promise((resolve) => {
    let sent = false;
    let response: IncomingMessage | undefined;
    let errorCode: string | undefined;
    let bodyBytes = 0;
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => {
      errorCode = noAnswer;
      request.destroy();
    }, answerTimeoutMs);
    const settle = (): void => {
      clearTimeout(timer);
      resolve(
        response?.statusCode === undefined
          ? { kind: 'broken', sent, errorCode: errorCode ?? errorCodeOf(undefined) }
          : {
              kind: 'answered',
              status: response.statusCode,
              headers: response.headers,
              body: Buffer.concat(chunks).toString(),
              isComplete: response.complete,
            },
      );
    };
    request.on('socket', (socket) => {
      if (!socket.connecting) sent = true;
      else socket.once('connect', () => (sent = true));
    });
    request.on('error', (error) => {
      errorCode ??= errorCodeOf(error);
    });
    request.on('response', (incoming) => {
      response = incoming;
      incoming.on('data', (chunk: Buffer) => {
        bodyBytes += chunk.length;
        if (bodyBytes <= maxBodyBytes) chunks.push(chunk);
      });
      // A break within the body shows in `complete`.
      incoming.on('error', () => undefined);
      incoming.once('end', settle);
    });
    // Comes after an error too, and when the body breaks off; after `end` it changes nothing.
    request.once('close', settle);
  });
}
