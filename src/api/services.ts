import { CacheAside, type CacheCounts, type CacheMode } from './cache/cache-aside.js';
import { ProductCache } from './cache/product-cache.js';
import type { DatabaseStats } from './database.js';
import {
  type DependencyChange,
  type DependencyName,
  type DependencyReport,
  DependencyState,
} from './dependency-state.js';
import { type Caching, ProductService } from './product-service.js';
import { type DatabaseSource, Servers } from './servers.js';
import type { WalPosition } from './wal-position.js';

export type ReadConsistency = 'eventual' | 'read-your-writes';

export interface CacheOptions {
  mode: CacheMode;
  /**
   * No value older than the last write is stored, however far the replica lags. Default: with `lease`, and with
   * read-your-writes always.
   */
  fence?: boolean;
  /** With `lease`: load a value anew by chance shortly before it expires. Default false. */
  earlyRefresh?: boolean;
  /** With `lease`: serve an expired value so long while one reader loads it anew. Default 0. */
  staleWhileRevalidateMs?: number;
  /** With `lease`: serve an expired value so long when no database answers. Default 0. */
  staleIfErrorMs?: number;
  /** How long a request may wait for Redis; a healthy one answers in well under a millisecond. Default 50. */
  patienceMs?: number;
}

export interface ServicesOptions {
  /** Where writes go: the proxy in front of the primary. */
  writeUrl: string;
  /** Where reads go: a replica. */
  readUrl: string;
  redisUrl: string;
  /** How Redis is used; false: not at all. Default `{ mode: 'lease' }`. */
  cache?: CacheOptions | false;
  /**
   * `read-your-writes`: each write's answer names its place in the WAL, and a read that names one sees what was written
   * before it. Default `eventual`.
   */
  reads?: ReadConsistency;
  /** How long a write waits for a new primary while there is none. Default 0: it is answered at once. */
  writeWaitMs?: number;
  /** Called once for each change, however many requests notice it. */
  onDependencyChange?: (change: DependencyChange) => void;
}

/** Counts since the start of this process. */
export interface ApiStats {
  cache: CacheCounts;
  /** Answers by the server that gave them. */
  reads: { replica: number; primary: number };
  /** Reads that the primary answered because the replica could not, or lacked what the reader must see. */
  fallbacks: number;
  /** Writes that wait for a primary now. */
  writesWaiting: number;
  pools: Record<DatabaseSource, DatabaseStats>;
  dependencies: Partial<Record<DependencyName, DependencyReport>>;
}

export interface Readiness {
  /** Writes and reads can both be served. */
  ready: boolean;
  /** Without `redis` when caching is off. */
  dependencies: Partial<Record<DependencyName, DependencyReport>>;
}

/** All that routes work with. */
export interface Services {
  products: ProductService;
  /** Where the WAL ends now; see `Servers.position`. */
  position(): Promise<WalPosition>;
  readiness(): Readiness;
  stats(): ApiStats;
  /** The writes that wait for a primary are answered: the first thing to do before a close. */
  stopWaiting(): void;
  /** Ends what is in flight, within `graceMs`, and closes every connection. */
  close(graceMs: number): Promise<void>;
}

/** Opens the connections; a dependency that is down delays it by about a second and is reported, not thrown. */
export async function openServices(options: ServicesOptions): Promise<Services> {
  const primaryState = new DependencyState('primary', options.onDependencyChange);
  const replicaState = new DependencyState('replica', options.onDependencyChange);
  const redisState = new DependencyState('redis', options.onDependencyChange);
  const { writeUrl, readUrl, writeWaitMs = 0 } = options;
  const servers = new Servers({ writeUrl, readUrl, primaryState, replicaState, writeWaitMs });
  const caching = openCaching(options, redisState);
  // One after the other: what the servers tell of the replica is then newer than the memory of a Redis just started.
  await caching?.cache.start();
  await servers.start();
  const products = new ProductService(servers, caching);

  const dependencies = (): Readiness['dependencies'] => ({
    primary: primaryState.report(),
    replica: replicaState.report(),
    ...(caching === undefined ? {} : { redis: redisState.report() }),
  });
  return {
    products,
    position: () => servers.position(),
    // The primary can serve the reads as well; without it there are no writes.
    readiness: () => ({ ready: primaryState.isUp, dependencies: dependencies() }),
    stats: () => ({ cache: products.counts(), ...servers.stats(), dependencies: dependencies() }),
    stopWaiting: () => {
      servers.stopWaiting();
    },
    close: async (graceMs) => {
      await Promise.all([servers.close(graceMs), caching?.cache.close()]);
    },
  };
}

function openCaching(
  { cache: chosen, reads, redisUrl }: ServicesOptions,
  state: DependencyState,
): Caching | undefined {
  if (chosen === false) return undefined;
  const { mode, fence = mode === 'lease', ...extras } = chosen ?? { mode: 'lease' };
  const { earlyRefresh = false, staleWhileRevalidateMs = 0, staleIfErrorMs = 0, patienceMs = 50 } = extras;
  const cache = new ProductCache(redisUrl, state, {
    fence: fence || reads === 'read-your-writes',
    earlyRefresh,
    patienceMs,
    staleSeconds: Math.ceil(Math.max(staleWhileRevalidateMs, staleIfErrorMs) / 1_000),
  });
  const aside = new CacheAside(cache, { mode, staleWhileRevalidateMs, staleIfErrorMs });
  return { cache, aside };
}
