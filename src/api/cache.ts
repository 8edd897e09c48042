import type { Redis } from 'ioredis';
import type { DependencyState } from './dependency-state.js';
import { PendingInvalidations } from './pending-invalidations.js';
import { RecentWrites } from './recent-writes.js';
import { deleteByPrefix, openRedis, redisPatienceMs, withPatience } from './redis-connection.js';

const ttlSeconds = 60;
const keyPrefix = 'product:';
const hitsKey = 'halab:cache:hits';
const missesKey = 'halab:cache:misses';
const tickMs = 250;
/** How long Redis may take to answer a ping before it is told to be down. One late answer only means a bypass. */
const downAfterMs = 500;

/** A hit carries the product's JSON as it was stored; a bypass means that Redis was not asked, or did not answer. */
export type CacheAnswer = { kind: 'hit'; json: string } | { kind: 'miss' } | { kind: 'bypass' };

export interface CacheCounts {
  hits: number;
  misses: number;
  bypasses: number;
}

const miss: CacheAnswer = { kind: 'miss' };
const bypass: CacheAnswer = { kind: 'bypass' };

interface Lookup {
  key: string;
  answer: (answer: CacheAnswer) => void;
}

/**
 * Products by id in Redis, as JSON, for 60 s. While Redis is away every lookup is a bypass at once; what
 * could not be invalidated meanwhile is deleted before the first lookup after its return.
 */
export class ProductCache {
  readonly #redis: Redis;
  readonly #state: DependencyState;
  readonly #pending = new PendingInvalidations();
  readonly #recentWrites = new RecentWrites(ttlSeconds * 1_000);
  readonly #counts: CacheCounts = { hits: 0, misses: 0, bypasses: 0 };
  readonly #unflushed = { hits: 0, misses: 0 };
  #lookups: Lookup[] = [];
  #oldestAtMs = 0;
  /** An MGET is under way, or about to be. */
  #asking = false;
  #usable = false;
  #failures = 0;
  #ticking = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(url: string, state: DependencyState) {
    this.#state = state;
    this.#redis = openRedis(url);
    // ioredis reports here what it then retries; the reason is kept for /readyz.
    this.#redis.on('error', (error: Error) => {
      this.#fail(error);
    });
    this.#redis.on('close', () => {
      if (this.#timer !== undefined) this.#fail(new Error('The connection to Redis was closed'));
    });
    this.#redis.on('ready', () => void this.#tick());
  }

  /** Connects, or notices that it cannot; waits for neither longer than a moment. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.#tick(), tickMs);
    this.#timer.unref();
    try {
      await this.#redis.connect();
    } catch {
      // Told by the client's 'error' event; it goes on trying by itself.
    }
    await this.#tick();
  }

  /** Never rejects; answers within the patience for Redis. */
  get(id: string): Promise<CacheAnswer> {
    if (!this.#usable) {
      this.#counts.bypasses += 1;
      return Promise.resolve(bypass);
    }
    return new Promise((resolve) => {
      // One MGET at a time: what is asked for while it is under way goes into the next one, so that a busy
      // API sends few large commands (a command costs the client far more than a key) and an idle one waits
      // for nothing.
      if (this.#lookups.length === 0) this.#oldestAtMs = performance.now();
      this.#lookups.push({ key: keyPrefix + id, answer: resolve });
      if (!this.#asking) {
        this.#asking = true;
        setImmediate(() => void this.#askForLookups());
      }
    });
  }

  /** Stores a value that was just read, unless this process knows it to be out of date. Waits for nothing. */
  fill(id: string, version: bigint, json: string): void {
    if (!this.#usable || this.#recentWrites.isStale(id, version)) return;
    this.#redis.set(keyPrefix + id, json, 'EX', ttlSeconds).catch(() => {
      this.#suspect();
    });
  }

  /** Deletes the value after a write; when Redis is away, once it is back. Never rejects. */
  async invalidate(id: string, version: bigint | 'deleted'): Promise<void> {
    this.#recentWrites.record(id, version);
    const key = keyPrefix + id;
    if (!this.#usable) {
      this.#pending.add(key);
      return;
    }
    try {
      await withPatience(this.#redis.del(key));
    } catch {
      this.#pending.add(key);
      this.#suspect();
    }
  }

  counts(): CacheCounts {
    return { ...this.#counts };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.#usable) await this.#flushCounts().catch(() => undefined);
    this.#usable = false;
    this.#redis.disconnect();
  }

  async #askForLookups(): Promise<void> {
    const lookups = this.#lookups;
    this.#lookups = [];
    // Counted from the first of them, who may have waited for the MGET before.
    const leftMs = this.#oldestAtMs + redisPatienceMs - performance.now();
    try {
      const values = await withPatience(this.#redis.mget(lookups.map(({ key }) => key)), leftMs);
      for (const [index, { answer }] of lookups.entries()) {
        const json = values[index];
        answer(typeof json === 'string' ? this.#countHit(json) : this.#countMiss());
      }
    } catch {
      this.#suspect();
      // Those who came meanwhile have waited as well.
      for (const { answer } of [...lookups, ...this.#lookups.splice(0)]) {
        this.#counts.bypasses += 1;
        answer(bypass);
      }
    }
    this.#asking = this.#lookups.length > 0;
    if (this.#asking) setImmediate(() => void this.#askForLookups());
  }

  #countHit(json: string): CacheAnswer {
    this.#counts.hits += 1;
    this.#unflushed.hits += 1;
    return { kind: 'hit', json };
  }

  #countMiss(): CacheAnswer {
    this.#counts.misses += 1;
    this.#unflushed.misses += 1;
    return miss;
  }

  #fail(error: unknown): void {
    this.#failures += 1;
    this.#usable = false;
    this.#state.down(error);
  }

  /** An answer was late or an error: nobody else waits for Redis until it has answered a ping. */
  #suspect(): void {
    this.#failures += 1;
    this.#usable = false;
    void this.#tick();
  }

  /** Sees whether Redis answers, makes good what was missed while it did not, and hands over the counts. */
  async #tick(): Promise<void> {
    if (this.#ticking || this.#redis.status !== 'ready') return;
    this.#ticking = true;
    const failures = this.#failures;
    const mark = this.#state.mark();
    try {
      await withPatience(this.#redis.ping(), downAfterMs);
      await this.#deletePending();
      await this.#flushCounts();
      // A failure meanwhile left something to delete; the next tick begins again.
      if (failures === this.#failures && this.#pending.isEmpty) {
        this.#usable = true;
        this.#state.up(mark);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#ticking = false;
    }
  }

  async #deletePending(): Promise<void> {
    while (!this.#pending.isEmpty) {
      const taken = this.#pending.take();
      try {
        if (taken === 'all') await deleteByPrefix(this.#redis, keyPrefix);
        else await this.#redis.unlink(taken);
      } catch (error) {
        this.#pending.restore(taken);
        throw error;
      }
    }
  }

  async #flushCounts(): Promise<void> {
    const { hits, misses } = this.#unflushed;
    if (hits === 0 && misses === 0) return;
    // Taken first: a lost answer must not count them twice.
    this.#unflushed.hits -= hits;
    this.#unflushed.misses -= misses;
    await withPatience(
      this.#redis.multi().incrby(hitsKey, hits).incrby(missesKey, misses).exec(),
      downAfterMs,
    );
  }
}
