import { Redis } from 'ioredis';
import type { RedisAddress } from './url.js';

/** Asks over a connection of its own. @throws what ioredis throws */
export const withClient = async <T>(
  address: RedisAddress,
  timeoutMs: number,
  ask: (client: Redis) => Promise<T>,
): Promise<T> => {
  const client = new Redis({
    host: address.host,
    port: address.port,
    username: address.user,
    password: address.password,
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    // ioredis arms this timer for a socket that has closed already, too, and its default keeps the process for 2 s.
    disconnectTimeout: 1,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    enableOfflineQueue: false,
  });
  client.on('error', () => undefined); // The call that fails reports it.
  try {
    await client.connect();
    return await ask(client);
  } finally {
    client.disconnect();
  }
};
