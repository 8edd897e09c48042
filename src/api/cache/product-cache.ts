import { randomUUID } from 'node:crypto';
import type { DependencyState } from '../dependency-state.js';
import type { FillOutcome } from './cache-scripts.js';
import { isRefreshDue } from './early-refresh.js';
import { Lookups } from './lookups.js';
import { PendingInvalidations, type WrittenVersion } from './pending-invalidations.js';
import { deleteByPrefix } from './redis-connection.js';
import { type CacheRedis, RedisLink } from './redis-link.js';

const ttlSeconds = 60;
/** Longer than a load may take; a process that died with a lease holds others up no longer than this. */
const leaseMs = 3_000;
/** How long a write is remembered: a value older than it is not stored. Nothing is stored from a replica further behind. */
const fenceSeconds = 120;
/** How far behind a replica may be whose values are stored: well within the life of a fence. */
const maxReplicaLagMs = 60_000;
const hitsKey = 'halab:cache:hits';
const missesKey = 'halab:cache:misses';

const valuePrefix = 'product:';
const leasePrefix = 'halab:lease:';
const fencePrefix = 'halab:fence:';
const stalePrefix = 'halab:stale:';
const loadTimePrefix = 'halab:load:';

/** A value that has expired, and how long ago. */
export interface StaleCopy {
  json: string;
  expiredMs: number;
}

export type LookupAnswer =
  /** The product's JSON as it was stored. `refresh`: it should be loaded anew ahead of its end. */
  | { kind: 'hit'; json: string; refresh: boolean }
  | { kind: 'miss' }
  /** Redis was not asked, or did not answer. */
  | { kind: 'bypass' };

export type LeaseAnswer =
  | { kind: 'value'; json: string }
  /** Whoever asked loads the value and fills it with the token. */
  | { kind: 'granted'; token: string; stale: StaleCopy | undefined }
  /** Somebody else is loading it. */
  | { kind: 'taken'; stale: StaleCopy | undefined };

export interface Fill {
  version: bigint;
  json: string;
  /** What `acquire` granted; absent to store whatever happened since. */
  token?: string;
  loadMs: number;
}

export interface ProductCacheOptions {
  /** Refuse to store a value older than the last write, by whatever process, however late the value comes. */
  fence: boolean;
  /** Tell of hits that should be loaded anew ahead of their end. */
  earlyRefresh: boolean;
  /** How long a copy is kept beyond the value's end; 0: none. */
  staleSeconds: number;
  /** How long a request may wait for Redis. */
  patienceMs: number;
}

const miss: LookupAnswer = { kind: 'miss' };
const bypass: LookupAnswer = { kind: 'bypass' };

/**
 * Products by id in Redis, as JSON, for 60 s, each with a lease (who loads it), a fence (the version since the last
 * write) and, where asked for, a copy to be served stale. What could not be invalidated while Redis was away is
 * invalidated before the first lookup after its return.
 *
 * Leases: R. Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, section 3.2.1: a token on a miss, void on an
 * invalidation, so that what was read before a write is not stored after it.
 */
export class ProductCache {
  readonly #link: RedisLink;
  readonly #lookups: Lookups;
  readonly #options: ProductCacheOptions;
  readonly #pending = new PendingInvalidations();
  readonly #unflushed = { hits: 0, misses: 0 };

  constructor(url: string, state: DependencyState, options: ProductCacheOptions) {
    this.#options = options;
    const upkeep = {
      beforeUse: async (redis: CacheRedis): Promise<void> => {
        await this.#invalidatePending(redis);
        await this.#flushCounts(redis);
      },
      isCaughtUp: (): boolean => this.#pending.isEmpty,
    };
    this.#link = new RedisLink(url, state, upkeep, options.patienceMs);
    this.#lookups = new Lookups(this.#link);
  }

  /** Connects, or notices that it cannot; waits for neither longer than a moment. */
  start(): Promise<void> {
    return this.#link.start();
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  /**
   * A replica must hold all that was acknowledged at this time (of `performance.now()`) for its values to be stored:
   * what was written since has its fence. Without fences, anything may be stored.
   */
  get storableSinceMs(): number {
    if (!this.#options.fence) return Number.NEGATIVE_INFINITY;
    return Math.max(performance.now() - maxReplicaLagMs, this.#link.startedAtMs);
  }

  /** Never rejects; answers within the patience for Redis. */
  lookup(id: string): Promise<LookupAnswer> {
    const { earlyRefresh } = this.#options;
    const keys = earlyRefresh ? [valuePrefix + id, loadTimePrefix + id] : [valuePrefix + id];
    return this.#lookups.get(keys, (values) => {
      if (values === undefined) return bypass;
      const [json, loadTime] = values;
      if (typeof json !== 'string') return miss;
      return { kind: 'hit', json, refresh: typeof loadTime === 'string' && isDue(loadTime) };
    });
  }

  /** Asks for the right to load a missing value; undefined when Redis does not answer. */
  async acquire(id: string): Promise<LeaseAnswer | undefined> {
    const token = randomUUID();
    const answer = await this.#link.ask((redis) =>
      redis.acquireLease(valuePrefix + id, leasePrefix + id, stalePrefix + id, token, leaseMs),
    );
    if (answer === undefined) return undefined;
    const [kind, text] = answer;
    if (kind === 'value') return { kind, json: text };
    const stale = text === null ? undefined : parseStaleCopy(text);
    return kind === 'granted' ? { kind, token, stale } : { kind, stale };
  }

  /** Asks for the right to replace a value that is still good; undefined when somebody else has it. */
  async acquireRefresh(id: string): Promise<string | undefined> {
    const token = randomUUID();
    const answer = await this.#link.ask((redis) => redis.set(leasePrefix + id, token, 'PX', leaseMs, 'NX'));
    return answer === 'OK' ? token : undefined;
  }

  async release(id: string, token: string): Promise<void> {
    await this.#link.ask((redis) => redis.releaseLease(leasePrefix + id, token));
  }

  /** Stores a value that was just read; undefined when Redis does not answer. */
  fill(id: string, { version, json, token, loadMs }: Fill): Promise<FillOutcome | undefined> {
    const { earlyRefresh, staleSeconds } = this.#options;
    return this.#link.ask((redis) =>
      redis.fillValue(
        ...keysOf(id),
        token ?? '',
        String(version),
        json,
        ttlSeconds,
        staleSeconds,
        earlyRefresh ? loadMs : '',
      ),
    );
  }

  /** Deletes the value and voids the lease after a write; when Redis is away, once it is back. Never rejects. */
  async invalidate(id: string, version: WrittenVersion): Promise<void> {
    const answer = await this.#link.askEarly((redis) => this.#invalidate(redis, id, version));
    if (answer === undefined) this.#pending.add(id, version);
  }

  /** Adds a look-up to the counters in Redis, which all processes share. */
  count(outcome: 'hits' | 'misses'): void {
    this.#unflushed[outcome] += 1;
  }

  #invalidate(redis: CacheRedis, id: string, version: WrittenVersion): Promise<number> {
    return redis.invalidateValue(...keysOf(id), String(version), this.#options.fence ? fenceSeconds : 0);
  }

  async #invalidatePending(redis: CacheRedis): Promise<void> {
    while (!this.#pending.isEmpty) {
      const taken = this.#pending.take();
      try {
        if (taken === 'all') {
          for (const prefix of [leasePrefix, stalePrefix, valuePrefix]) await deleteByPrefix(redis, prefix);
        } else {
          await Promise.all(taken.map(([id, version]) => this.#invalidate(redis, id, version)));
        }
      } catch (error) {
        this.#pending.restore(taken);
        throw error;
      }
    }
  }

  async #flushCounts(redis: CacheRedis): Promise<void> {
    const { hits, misses } = this.#unflushed;
    if (hits === 0 && misses === 0) return;
    // Taken first: a lost answer must not count them twice.
    this.#unflushed.hits -= hits;
    this.#unflushed.misses -= misses;
    await redis.multi().incrby(hitsKey, hits).incrby(missesKey, misses).exec();
  }
}

function keysOf(id: string): [value: string, lease: string, fence: string, stale: string, loadTime: string] {
  return [valuePrefix + id, leasePrefix + id, fencePrefix + id, stalePrefix + id, loadTimePrefix + id];
}

/** From `EXPIRES_AT_MS LOAD_MS`. */
function isDue(loadTime: string): boolean {
  const [expiresAtMs, loadMs] = loadTime.split(' ').map(Number);
  if (expiresAtMs === undefined || loadMs === undefined) return false;
  return isRefreshDue(expiresAtMs - Date.now(), loadMs, 1 - Math.random());
}

/** From `EXPIRED_AT_MS JSON`. */
function parseStaleCopy(text: string): StaleCopy {
  const space = text.indexOf(' ');
  return {
    json: text.slice(space + 1),
    expiredMs: Math.max(0, Date.now() - Number(text.slice(0, space))),
  };
}
