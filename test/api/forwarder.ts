import { connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** Stands in for the proxy in front of the primary: one address, a server behind it that can be changed. */
export interface Forwarder {
  /** A URL of a server, as it is through the forwarder. */
  through(url: string): string;
  /** From now on connections go to this server; those that are open are cut, unless told otherwise. */
  pointTo(url: string, options?: { keepOpen: boolean }): void;
  /** Connections are accepted, and nothing is passed on in either direction. */
  hang(): void;
  close(): Promise<void>;
}

/** Passes everything on a moment later: what a server some way away looks like. */
const later = (delayMs: number): Transform =>
  new Transform({
    transform(chunk, _encoding, done) {
      setTimeout(() => this.push(chunk), delayMs);
      done();
    },
    flush: (done) => {
      setTimeout(done, delayMs);
    },
  });

/** @param delayMs how much later everything arrives, in either direction */
export async function startForwarder(url: string, delayMs = 0): Promise<Forwarder> {
  let target: URL | 'nowhere' = new URL(url);
  const sockets = new Set<Socket>();
  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  };
  const server: Server = createServer((client) => {
    track(client);
    if (target === 'nowhere') return;
    const upstream = connect(Number(target.port), target.hostname);
    track(upstream);
    if (delayMs === 0) client.pipe(upstream).pipe(client);
    else client.pipe(later(delayMs)).pipe(upstream).pipe(later(delayMs)).pipe(client);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { port } = address;
  return {
    through: (serverUrl) => {
      const changed = new URL(serverUrl);
      changed.port = String(port);
      return changed.href;
    },
    pointTo: (serverUrl, options) => {
      target = new URL(serverUrl);
      if (options?.keepOpen !== true) for (const socket of sockets) socket.destroy();
    },
    hang: () => {
      target = 'nowhere';
      for (const socket of sockets) socket.unpipe();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
