import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CacheAsideAnswer, CacheMode, Load, Loaded } from '../../src/api/cache/cache-aside.js';
import {
  type CacheProcesses,
  type CacheProcessOptions,
  fails,
  finds,
  gateway,
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

describe('a value that was read before an update and is stored after its invalidation', () => {
  /** Reader A reads version 1; a writer updates to 2 and invalidates; reader A stores what it read. */
  const race = async (mode: CacheMode, options: CacheProcessOptions = {}): Promise<void> => {
    const [reader, writer] = await Promise.all([caches.start(mode, options), caches.start(mode, options)]);
    const held = heldLoad(product(1n));
    const reading = reader.read(id, held.load, false);
    await held.begun;
    await writer.invalidate(id, 2n);
    held.letGo();
    expect(versionOf(await reading)).toBe('1');
  };

  test.each(['naive', 'single-flight'] as const)('stays in the cache with %s', async (mode) => {
    await race(mode);
    await until(async () => {
      expect(await caches.cachedVersion(id)).toBe('1');
    });
    const reader = await caches.start(mode);
    expect(versionOf(await reader.read(id, finds(product(2n)), false))).toBe('1');
  });

  test.each([
    ['its lease', { fence: false }],
    ['its lease and the fence', { fence: true }],
  ])('is not stored with %s', async (_, options) => {
    await race('lease', options);
    expect(await caches.cachedVersion(id)).toBeUndefined();
    const reader = await caches.start('lease');
    const answer = await reader.read(id, finds(product(2n)), false);
    expect([versionOf(answer), answer.cache]).toEqual(['2', 'MISS']);
    expect(await caches.cachedVersion(id)).toBe('2');
  });

  test('is not stored by the naive cache when read-your-writes adds the fence', async () => {
    await race('naive', { fence: true });
    const reader = await caches.start('naive', { fence: true });
    expect(versionOf(await reader.read(id, finds(product(2n)), false))).toBe('2');
    await until(async () => {
      expect(await caches.cachedVersion(id)).toBe('2');
    });
  });
});

describe('a replica that lacks an update', () => {
  /** The replica has version 1 only, the primary version 2. */
  const lagging: Load = (from) => Promise.resolve(from === 'any' ? product(1n) : product(2n, 'primary'));

  test('puts its old value into a naive cache, for as long as the value lives', async () => {
    const api = await caches.start('naive');
    await api.invalidate(id, 2n);
    await api.read(id, lagging, false);
    await until(async () => {
      expect(await caches.cachedVersion(id)).toBe('1');
    });
  });

  test('does so under a lease without the fence, too: the lease was granted after the invalidation', async () => {
    const api = await caches.start('lease', { fence: false });
    await api.invalidate(id, 2n);
    await api.read(id, lagging, false);
    expect(await caches.cachedVersion(id)).toBe('1');
  });

  test('cannot with the fence: the primary is asked, by whatever process, and its value is kept', async () => {
    const [writer, reader] = await Promise.all([caches.start('lease'), caches.start('lease')]);
    await writer.invalidate(id, 2n);
    const answer = await reader.read(id, lagging, false);
    expect([versionOf(answer), answer.source]).toEqual(['2', 'primary']);
    expect(await caches.cachedVersion(id)).toBe('2');
  });

  test('serves its value and stores nothing while the primary is away', async () => {
    const api = await caches.start('lease');
    await api.invalidate(id, 2n);
    const load: Load = (from) => (from === 'any' ? Promise.resolve(product(1n)) : fails(from));
    expect(versionOf(await api.read(id, load, false))).toBe('1');
    expect(await caches.cachedVersion(id)).toBeUndefined();
    expect(await caches.redis.get(`halab:lease:${id}`)).toBeNull();
  });

  test('does not count as current because it is further behind than fences live', async () => {
    const api = await caches.start('lease');
    const load: Load = (from) =>
      Promise.resolve(from === 'any' ? { ...product(1n), storable: false } : product(2n, 'primary'));
    expect(versionOf(await api.read(id, load, false))).toBe('2');
    expect(await caches.cachedVersion(id)).toBe('2');
  });
});

describe('the fence', () => {
  test.each([
    ['the version of the last update', [4n, 5n], 5n, true],
    ['not less after an update whose answer came late', [5n, 4n], 4n, false],
    ['a delete, which leaves nothing to store', [5n, 'deleted'], 5n, false],
    ['a delete, although an earlier update is acknowledged after it', ['deleted', 6n], 6n, false],
    ['a product that was given the id of a deleted one', ['deleted', 1n], 1n, true],
    ['versions beyond 2^53, exactly', [9_007_199_254_740_993n], 9_007_199_254_740_992n, false],
    ['versions of different length', [10n], 9n, false],
  ] as const)('is %s', async (_, writes, loaded, stored) => {
    const api = await caches.start('lease');
    for (const version of writes) await api.invalidate(id, version);
    await api.read(id, finds(product(loaded, 'primary')), false);
    expect(await caches.cachedVersion(id)).toBe(stored ? String(loaded) : undefined);
  });
});

describe('many readers of one missing value', () => {
  const crowd = async (mode: CacheMode): Promise<{ loads: number; answers: CacheAsideAnswer[] }> => {
    const apis = await Promise.all([caches.start(mode), caches.start(mode)]);
    let loads = 0;
    const gate = gateway();
    const load: Load = async () => {
      loads += 1;
      // Long enough for everyone to have missed.
      await gate.opened;
      return product(1n);
    };
    const readers = apis.flatMap((api) => Array.from({ length: 200 }, () => api.read(id, load, false)));
    await until(() => {
      expect(loads).toBeGreaterThanOrEqual({ naive: 400, 'single-flight': 2, lease: 1 }[mode]);
    });
    gate.open();
    const answers = await Promise.all(readers);
    const saved = apis.map((api) => api.counts().loadsSaved).reduce((a, b) => a + b);
    expect(saved).toBe(400 - loads);
    return { loads, answers };
  };

  test.each([
    ['naive', 400],
    ['single-flight', 2],
    ['lease', 1],
  ] as const)('%s: 400 in two processes make %d loads', async (mode, expected) => {
    const { loads, answers } = await crowd(mode);
    expect(loads).toBe(expected);
    expect(answers).toHaveLength(400);
    for (const answer of answers) expect(versionOf(answer)).toBe('1');
  });

  test('a reader who must see a write does not join a load that began before it', async () => {
    const api = await caches.start('single-flight');
    const held = heldLoad(product(1n));
    const first = api.read(id, held.load, false);
    await held.begun;
    expect(versionOf(await api.read(id, finds(product(2n)), true))).toBe('2');
    held.letGo();
    await first;
  });

  test('a reader does not join a load that began before an update through the same process', async () => {
    const api = await caches.start('lease');
    const held = heldLoad(product(1n));
    const first = api.read(id, held.load, false);
    await held.begun;
    await api.invalidate(id, 2n);
    expect(versionOf(await api.read(id, finds(product(2n)), false))).toBe('2');
    held.letGo();
    await first;
    expect(await caches.cachedVersion(id)).toBe('2');
  });
});

describe('a lease', () => {
  test('is given back when the load fails, and the next reader loads at once', async () => {
    const api = await caches.start('lease');
    await expect(api.read(id, fails, false)).rejects.toThrow('gone');
    expect(await caches.redis.get(`halab:lease:${id}`)).toBeNull();
    expect((await api.read(id, finds(product(1n)), false)).cache).toBe('MISS');
    expect(await caches.cachedVersion(id)).toBe('1');
  });

  test('is given back when there is no such product', async () => {
    const api = await caches.start('lease');
    const none: Loaded = { source: 'replica', value: undefined, storable: true };
    expect((await api.read(id, finds(none), false)).json).toBeUndefined();
    expect(await caches.redis.get(`halab:lease:${id}`)).toBeNull();
  });

  test('of a process that died holds a reader up for a moment, and ends by itself', async () => {
    const api = await caches.start('lease');
    await caches.redis.set(`halab:lease:${id}`, 'of a dead process', 'PX', 3_000);
    const answer = await api.read(id, finds(product(1n)), false);
    expect([answer.cache, versionOf(answer)]).toEqual(['MISS', '1']);
    expect(await caches.cachedVersion(id)).toBeUndefined();
    await until(async () => {
      await api.read(id, finds(product(1n)), false);
      expect(await caches.cachedVersion(id)).toBe('1');
    });
  });
});
