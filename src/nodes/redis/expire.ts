import { withClient } from './client.js';
import type { RedisAddress } from './url.js';

/** Takes the cached value of a product away, as its expiry does. @throws what ioredis throws */
export const expireProduct = (address: RedisAddress, id: number, timeoutMs = 1000): Promise<number> =>
  withClient(address, timeoutMs, (client) => client.unlink(`product:${id}`));
