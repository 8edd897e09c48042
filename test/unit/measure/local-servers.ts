import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';

const servers: (Server | HttpServer)[] = [];
/** The connections that the servers of a test took. */
export const sockets = new Set<Socket>();

/** @returns its port, one that was free on 127.0.0.1 */
export async function listen(server: Server | HttpServer): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** @returns the URL of a service that answers so */
export const api = async (listener: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listen(createHttpServer(listener))}`;

/** To be called after each test. */
export function closeServers(): void {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  for (const server of servers.splice(0)) server.close();
}
