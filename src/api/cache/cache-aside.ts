import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient } from '../database.js';
import type { DatabaseSource } from '../servers.js';
import type { LeaseAnswer, ProductCache, StaleCopy } from './product-cache.js';
import { SingleFlight } from './single-flight.js';

/**
 * How a missing value is loaded. `naive`: by every reader that misses it, and stored whatever happened since it was
 * read. `single-flight`: once in each process. `lease`: once across processes, and not stored when it was read before a
 * write.
 */
export type CacheMode = 'naive' | 'single-flight' | 'lease';

/** What a database answered. */
export interface Loaded {
  source: DatabaseSource;
  /** Undefined: there is no such product. */
  value: { version: bigint; json: string } | undefined;
  /** False: this server may lack a write that nothing else remembers. */
  storable: boolean;
}

/** Reads one product from a database. @throws what `Servers.read` throws */
export type Load = (from: 'any' | 'primary') => Promise<Loaded>;

export interface CacheAsideAnswer {
  source: 'cache' | DatabaseSource;
  cache: 'HIT' | 'MISS' | 'BYPASS';
  /** Undefined: there is no such product. */
  json: string | undefined;
  /** Present when the value had expired. */
  stale?: StaleAnswer;
}

export interface StaleAnswer {
  expiredMs: number;
  reason: 'revalidating' | 'error';
}

export interface CacheCounts {
  hits: number;
  misses: number;
  bypasses: number;
  /** Readers that missed and were served by another's load. */
  loadsSaved: number;
  /** Answers with an expired value. */
  stale: number;
}

export interface CacheAsideOptions {
  mode: CacheMode;
  /** With `lease`: an expired value is served for so long while one reader loads it anew. */
  staleWhileRevalidateMs: number;
  /** With `lease`: an expired value is served for so long when no database answers. */
  staleIfErrorMs: number;
}

/** `behind`: the server that was read lacks a write, or may lack one. */
type StoreOutcome = 'stored' | 'not-stored' | 'behind';

/** How long a reader waits for another's load before it loads the value itself. */
const maxLeaseWaitMs = 1_000;

/** Cache-aside: asks the cache, then a database, then fills the cache. */
export class CacheAside {
  readonly #cache: ProductCache;
  readonly #options: CacheAsideOptions;
  readonly #flights = new SingleFlight<CacheAsideAnswer>();
  readonly #counts: CacheCounts = { hits: 0, misses: 0, bypasses: 0, loadsSaved: 0, stale: 0 };

  constructor(cache: ProductCache, options: CacheAsideOptions) {
    this.#cache = cache;
    this.#options = options;
  }

  /**
   * The product from the cache, or loaded. With `alone` no load that began earlier is joined: it may have read before a
   * write that this reader has seen.
   *
   * @throws what `load` throws
   */
  async read(id: string, load: Load, alone: boolean): Promise<CacheAsideAnswer> {
    const looked = await this.#cache.lookup(id);
    if (looked.kind === 'hit') {
      if (looked.refresh) void this.#refreshEarly(id, load);
      return this.#count({ source: 'cache', cache: 'HIT', json: looked.json });
    }
    const work = this.#workFor(looked.kind, id, load);
    if (alone || this.#options.mode === 'naive') return this.#count(await work());
    const { joined, result } = this.#flights.run(id, work);
    if (joined) this.#counts.loadsSaved += 1;
    return this.#count(await result);
  }

  async invalidate(id: string, version: bigint | 'deleted'): Promise<void> {
    this.#flights.forget(id);
    await this.#cache.invalidate(id, version);
  }

  counts(): CacheCounts {
    return { ...this.#counts };
  }

  #workFor(looked: 'miss' | 'bypass', id: string, load: Load): () => Promise<CacheAsideAnswer> {
    if (looked === 'bypass') return () => bypass(load);
    return this.#options.mode === 'lease'
      ? () => this.#readUnderLease(id, load)
      : () => this.#loadAndFill(id, load);
  }

  async #loadAndFill(id: string, load: Load): Promise<CacheAsideAnswer> {
    const startMs = performance.now();
    const { source, value, storable } = await load('any');
    if (value !== undefined && storable) {
      void this.#cache.fill(id, { ...value, loadMs: performance.now() - startMs });
    }
    return { source, cache: 'MISS', json: value?.json };
  }

  async #readUnderLease(id: string, load: Load): Promise<CacheAsideAnswer> {
    const deadlineMs = performance.now() + maxLeaseWaitMs;
    for (let pauseMs = 2; performance.now() < deadlineMs; pauseMs = Math.min(2 * pauseMs, 50)) {
      const answer = await this.#cache.acquire(id);
      if (answer === undefined) return await bypass(load);
      if (answer.kind === 'value') {
        this.#counts.loadsSaved += 1;
        return { source: 'cache', cache: 'HIT', json: answer.json };
      }
      const { stale } = answer;
      if (stale !== undefined && stale.expiredMs < this.#options.staleWhileRevalidateMs) {
        if (answer.kind === 'granted')
          void this.#fillUnderLease(id, answer.token, load).catch(() => undefined);
        else this.#counts.loadsSaved += 1;
        return serveStale(stale, 'revalidating');
      }
      if (answer.kind === 'granted') return await this.#loadUnderLease(id, answer, load);
      await sleep(pauseMs);
    }
    // Whoever has the lease is slow, or gone.
    const { source, value } = await load('any');
    return { source, cache: 'MISS', json: value?.json };
  }

  async #loadUnderLease(
    id: string,
    { token, stale }: LeaseAnswer & { kind: 'granted' },
    load: Load,
  ): Promise<CacheAsideAnswer> {
    try {
      const { source, value } = await this.#fillUnderLease(id, token, load);
      return { source, cache: 'MISS', json: value?.json };
    } catch (error) {
      if (stale === undefined || stale.expiredMs >= this.#options.staleIfErrorMs || !isTransient(error))
        throw error;
      return serveStale(stale, 'error');
    }
  }

  /** Loads the value and stores it; the lease has ended when this settles. */
  async #fillUnderLease(id: string, token: string, load: Load): Promise<Loaded> {
    let outcome: StoreOutcome = 'not-stored';
    try {
      const first = await this.#tryToStore(id, token, () => load('any'));
      ({ outcome } = first);
      if (outcome !== 'behind' || first.loaded.source === 'primary') return first.loaded;
      // The replica lacks a write. The primary has it, and its value can be kept for those who come next.
      try {
        const second = await this.#tryToStore(id, token, () => load('primary'));
        ({ outcome } = second);
        return second.loaded;
      } catch (error) {
        if (isTransient(error)) return first.loaded;
        throw error;
      }
    } finally {
      if (outcome !== 'stored') await this.#cache.release(id, token);
    }
  }

  async #tryToStore(
    id: string,
    token: string,
    load: () => Promise<Loaded>,
  ): Promise<{ loaded: Loaded; outcome: StoreOutcome }> {
    const startMs = performance.now();
    const loaded = await load();
    if (loaded.value === undefined) return { loaded, outcome: 'not-stored' };
    if (!loaded.storable) return { loaded, outcome: 'behind' };
    const fill = { ...loaded.value, token, loadMs: performance.now() - startMs };
    const answer = await this.#cache.fill(id, fill);
    if (answer === 'fenced') return { loaded, outcome: 'behind' };
    return { loaded, outcome: answer === 'stored' ? 'stored' : 'not-stored' };
  }

  async #refreshEarly(id: string, load: Load): Promise<void> {
    const token = await this.#cache.acquireRefresh(id);
    // A value that cannot be loaded now is good until its end.
    if (token !== undefined) await this.#fillUnderLease(id, token, load).catch(() => undefined);
  }

  #count(answer: CacheAsideAnswer): CacheAsideAnswer {
    switch (answer.cache) {
      case 'HIT':
        this.#counts.hits += 1;
        this.#cache.count('hits');
        break;
      case 'MISS':
        this.#counts.misses += 1;
        this.#cache.count('misses');
        break;
      case 'BYPASS':
        this.#counts.bypasses += 1;
        break;
    }
    if (answer.stale !== undefined) this.#counts.stale += 1;
    return answer;
  }
}

async function bypass(load: Load): Promise<CacheAsideAnswer> {
  const { source, value } = await load('any');
  return { source, cache: 'BYPASS', json: value?.json };
}

function serveStale({ json, expiredMs }: StaleCopy, reason: 'revalidating' | 'error'): CacheAsideAnswer {
  return { source: 'cache', cache: 'HIT', json, stale: { expiredMs, reason } };
}
