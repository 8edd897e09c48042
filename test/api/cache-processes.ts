import { Redis } from 'ioredis';
import {
  CacheAside,
  type CacheAsideAnswer,
  type CacheMode,
  type Load,
  type Loaded,
} from '../../src/api/cache/cache-aside.js';
import { ProductCache, type ProductCacheOptions } from '../../src/api/cache/product-cache.js';
import { DatabaseUnavailable } from '../../src/api/database-errors.js';
import { DependencyState } from '../../src/api/dependency-state.js';
import { patientMs, startDatabases } from './fixture.js';

export interface CacheProcessOptions extends Partial<ProductCacheOptions> {
  staleWhileRevalidateMs?: number;
  staleIfErrorMs?: number;
}

/** A real Redis, and the caches of several API processes on it; databases are what each test says they are. */
export interface CacheProcesses {
  redis: Redis;
  /** One API process's cache. */
  start(mode: CacheMode, options?: CacheProcessOptions): Promise<CacheAside>;
  /** The version that the cache holds of a product. */
  cachedVersion(id: string): Promise<string | undefined>;
  /** Ends the processes, and leaves Redis. */
  stopAll(): Promise<void>;
  remove(): Promise<void>;
}

export async function startCacheProcesses(): Promise<CacheProcesses> {
  const databases = await startDatabases();
  const redis = new Redis(databases.redisUrl, { enableReadyCheck: false });
  const processes: ProductCache[] = [];
  return {
    redis,
    start: async (mode, options = {}) => {
      const { fence = mode === 'lease', earlyRefresh = false, staleSeconds = 0 } = options;
      const cache = new ProductCache(databases.redisUrl, new DependencyState('redis'), {
        fence,
        earlyRefresh,
        staleSeconds,
        patienceMs: patientMs,
      });
      processes.push(cache);
      await cache.start();
      const { staleWhileRevalidateMs = 0, staleIfErrorMs = 0 } = options;
      return new CacheAside(cache, { mode, staleWhileRevalidateMs, staleIfErrorMs });
    },
    cachedVersion: async (id) => /\d+/.exec((await redis.get(`product:${id}`)) ?? '')?.[0],
    stopAll: async () => {
      await Promise.all(processes.splice(0).map((cache) => cache.close()));
    },
    remove: async () => {
      redis.disconnect();
      await databases.remove();
    },
  };
}

export const product = (version: bigint, source: Loaded['source'] = 'replica'): Loaded => ({
  source,
  value: { version, json: `{"version":${version}}` },
  storable: true,
});
export const finds =
  (loaded: Loaded): Load =>
  () =>
    Promise.resolve(loaded);
export const fails: Load = () => Promise.reject(new DatabaseUnavailable('gone', 'not-applied'));
export const versionOf = ({ json }: CacheAsideAnswer): string | undefined => /\d+/.exec(json ?? '')?.[0];

export function gateway(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** A load that has read its value, and gives it when it is let go. */
export function heldLoad(loaded: Loaded): { load: Load; begun: Promise<void>; letGo: () => void } {
  const [begun, gate] = [gateway(), gateway()];
  return {
    load: async () => {
      begun.open();
      await gate.opened;
      return loaded;
    },
    begun: begun.opened,
    letGo: gate.open,
  };
}
