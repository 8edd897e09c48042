import type { AddressInfo } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import { type AppOptions, buildApp, statsOf } from './app.js';
import type { ApiStats } from './services.js';

/** After this, connections that still have a request in flight are cut. */
const closeTimeoutMs = 4_500;
/** A client that got its last answer keeps its connection open; looked for this often, it ends with the answer. */
const sweepIntervalMs = 50;

export interface ApiOptions extends AppOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** 0: any free port. */
  port: number;
}

export interface RunningApi {
  /** Without a slash at the end. */
  url: string;
  port: number;
  /** Says nothing unless the option `log` is set. */
  log: FastifyBaseLogger;
  stats(): ApiStats;
  /** Stops accepting, ends what is in flight, closes every connection; within 5 s. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts the products API and listens, even when a dependency is down.
 *
 * @throws Node's own error when it cannot listen, for example `EADDRINUSE`
 */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const host = options.host ?? '127.0.0.1';
  const app = await buildApp(options);
  try {
    await app.listen({ host, port: options.port });
  } catch (error) {
    await app.close();
    throw error;
  }
  const { port } = app.server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    const timer = setTimeout(() => {
      app.server.closeAllConnections();
    }, closeTimeoutMs);
    const sweep = setInterval(() => {
      app.server.closeIdleConnections();
    }, sweepIntervalMs);
    await app.close();
    clearInterval(sweep);
    clearTimeout(timer);
  };
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    log: app.log,
    stats: () => statsOf(app),
    close: () => (closing ??= close()),
  };
}
