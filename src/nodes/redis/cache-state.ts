import type { Redis } from 'ioredis';
import { withClient } from './client.js';
import type { RedisAddress } from './url.js';

/** The key prefix of the API's cache entries, and the two counters it keeps beside them. */
const productKeys = 'product:*';
const hitsKey = 'halab:cache:hits';
const missesKey = 'halab:cache:misses';

interface HitFigures {
  hits: number;
  misses: number;
  /** Hits divided by look-ups; null when there were none. */
  hitRatio: number | null;
}

/** What a Redis server says of its cache. */
export interface CacheState {
  /** The API's look-ups of products, counted by the API. */
  api: HitFigures & { keys: number };
  /** Every key look-up of the server since it started. */
  server: HitFigures & { keys: number; evicted: number; expired: number };
  usedMemoryBytes: number;
  maxMemoryBytes: number;
}

const figures = (hits: number, misses: number): HitFigures => ({
  hits,
  misses,
  hitRatio: hits + misses === 0 ? null : hits / (hits + misses),
});

/** Asks the server for a sign of life. @throws what ioredis throws when it does not answer to its password */
export const pingRedis = (address: RedisAddress, timeoutMs = 1000): Promise<'PONG'> =>
  withClient(address, timeoutMs, (client) => client.ping());

async function countKeys(client: Redis, pattern: string): Promise<number> {
  let count = 0;
  let cursor = '0';
  do {
    const [next, keys] = await client.scan(cursor, 'MATCH', pattern, 'COUNT', 1000);
    count += keys.length;
    cursor = next;
  } while (cursor !== '0');
  return count;
}

/** @throws what ioredis throws when the server cannot be asked */
export const readCacheState = (address: RedisAddress, timeoutMs = 1000): Promise<CacheState> =>
  withClient(address, timeoutMs, async (client) => {
    const [info, keys, [hits, misses], productCount] = await Promise.all([
      client.info(),
      client.dbsize(),
      client.mget(hitsKey, missesKey),
      countKeys(client, productKeys),
    ]);
    const field = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
    return {
      api: { ...figures(Number(hits ?? 0), Number(misses ?? 0)), keys: productCount },
      server: {
        ...figures(field('keyspace_hits'), field('keyspace_misses')),
        keys,
        evicted: field('evicted_keys'),
        expired: field('expired_keys'),
      },
      usedMemoryBytes: field('used_memory'),
      maxMemoryBytes: field('maxmemory'),
    };
  });
