import { ProductCache } from './cache.js';
import type { DatabaseStats } from './database.js';
import {
  type DependencyChange,
  type DependencyName,
  type DependencyReport,
  DependencyState,
} from './dependency-state.js';
import { ProductService } from './product-service.js';
import { type DatabaseSource, Servers } from './servers.js';

export interface ServicesOptions {
  /** Where writes go: the proxy in front of the primary. */
  writeUrl: string;
  /** Where reads go: a replica. */
  readUrl: string;
  redisUrl: string;
  /** False: Redis is not used at all. Default true. */
  cache?: boolean;
  /** Called once for each change, however many requests notice it. */
  onDependencyChange?: (change: DependencyChange) => void;
}

/** Counts since the start of this process. */
export interface ApiStats {
  cache: { hits: number; misses: number; bypasses: number };
  /** Answers by the server that gave them. */
  reads: { replica: number; primary: number };
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
  readiness(): Readiness;
  stats(): ApiStats;
  /** Ends what is in flight, within `graceMs`, and closes every connection. */
  close(graceMs: number): Promise<void>;
}

/** Opens the connections; a dependency that is down delays it by about a second and is reported, not thrown. */
export async function openServices(options: ServicesOptions): Promise<Services> {
  const primaryState = new DependencyState('primary', options.onDependencyChange);
  const replicaState = new DependencyState('replica', options.onDependencyChange);
  const redisState = new DependencyState('redis', options.onDependencyChange);
  const { writeUrl, readUrl } = options;
  const servers = new Servers({ writeUrl, readUrl, primaryState, replicaState });
  const cache = options.cache === false ? undefined : new ProductCache(options.redisUrl, redisState);
  await Promise.all([servers.start(), cache?.start()]);
  const products = new ProductService(servers, cache);

  const dependencies = (): Readiness['dependencies'] => ({
    primary: primaryState.report(),
    replica: replicaState.report(),
    ...(cache === undefined ? {} : { redis: redisState.report() }),
  });
  return {
    products,
    // The primary can serve the reads as well; without it there are no writes.
    readiness: () => ({ ready: primaryState.isUp, dependencies: dependencies() }),
    stats: () => ({ cache: products.counts(), ...servers.stats(), dependencies: dependencies() }),
    close: async (graceMs) => {
      await Promise.all([servers.close(graceMs), cache?.close()]);
    },
  };
}
