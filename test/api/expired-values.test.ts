import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type CacheProcesses,
  fails,
  finds,
  heldLoad,
  product,
  startCacheProcesses,
  versionOf,
} from './cache-processes.js';
import { until } from './fixture.js';

let caches: CacheProcesses;
let id: string;
let ids = 0;

beforeAll(async () => {
  caches = await startCacheProcesses();
});
beforeEach(() => {
  ids += 1;
  id = String(ids);
});
afterEach(() => caches.stopAll());
afterAll(() => caches.remove());

describe('an expired value', () => {
  /** As after 60 s: the value is gone, its copy is not. */
  const expire = (): Promise<number> => caches.redis.del(`product:${id}`);

  test('is served at once with stale-while-revalidate, while one reader loads it anew', async () => {
    const api = await caches.start('lease', { staleSeconds: 30, staleWhileRevalidateMs: 30_000 });
    await api.read(id, finds(product(1n)), false);
    await expire();
    const held = heldLoad(product(2n));
    const answers = await Promise.all([api.read(id, held.load, false), api.read(id, held.load, false)]);
    for (const answer of answers) {
      expect([versionOf(answer), answer.cache, answer.stale?.reason]).toEqual(['1', 'HIT', 'revalidating']);
    }
    held.letGo();
    await until(async () => {
      expect(await caches.cachedVersion(id)).toBe('2');
    });
    expect((await api.read(id, fails, false)).stale).toBeUndefined();
  });

  test('is served with stale-if-error when no database answers, and only then', async () => {
    const api = await caches.start('lease', { staleSeconds: 30, staleIfErrorMs: 30_000 });
    await api.read(id, finds(product(1n)), false);
    await expire();
    const answer = await api.read(id, fails, false);
    expect([versionOf(answer), answer.source, answer.stale?.reason]).toEqual(['1', 'cache', 'error']);
    expect(versionOf(await api.read(id, finds(product(2n)), false))).toBe('2');
  });

  test('is not served beyond its time', async () => {
    const api = await caches.start('lease', { staleSeconds: 30, staleIfErrorMs: 20_000 });
    await caches.redis.set(`halab:stale:${id}`, `${Date.now() - 25_000} {"version":1}`);
    await expect(api.read(id, fails, false)).rejects.toThrow('gone');
  });

  test('is not served after an update', async () => {
    const api = await caches.start('lease', {
      staleSeconds: 30,
      staleWhileRevalidateMs: 30_000,
      staleIfErrorMs: 30_000,
    });
    await api.read(id, finds(product(1n)), false);
    await api.invalidate(id, 2n);
    await expect(api.read(id, fails, false)).rejects.toThrow('gone');
    expect(versionOf(await api.read(id, finds(product(2n)), false))).toBe('2');
  });

  test('is not kept at all without these options', async () => {
    const api = await caches.start('lease');
    await api.read(id, finds(product(1n)), false);
    expect(await caches.redis.get(`halab:stale:${id}`)).toBeNull();
  });
});

describe('early refresh', () => {
  test('loads a value anew shortly before its end, while readers go on with it', async () => {
    const api = await caches.start('lease', { earlyRefresh: true });
    await api.read(id, finds(product(1n)), false);
    // Its load took so long that it is due at any time.
    await caches.redis.set(`halab:load:${id}`, `${Date.now() + 1} 100000000`);
    const answer = await api.read(id, finds(product(2n)), false);
    expect([versionOf(answer), answer.cache]).toEqual(['1', 'HIT']);
    await until(async () => {
      expect(await caches.cachedVersion(id)).toBe('2');
    });
  });

  test('is not due for a value that was just loaded', async () => {
    const api = await caches.start('lease', { earlyRefresh: true });
    await api.read(id, finds(product(1n)), false);
    const [expiresAtMs, loadMs] = ((await caches.redis.get(`halab:load:${id}`)) ?? '').split(' ').map(Number);
    expect(expiresAtMs).toBeGreaterThan(Date.now() + 50_000);
    expect(loadMs).toBeLessThan(60_000);
    expect((await api.read(id, fails, false)).cache).toBe('HIT');
  });
});
