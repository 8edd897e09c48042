import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildApp, statsOf } from '../../src/api/app.js';
import { DatabaseOverloaded, DatabaseUnavailable } from '../../src/api/database-errors.js';
import { startApi } from '../../src/api/serve.js';
import { WriteWait } from '../../src/api/write-wait.js';
import { type Databases, startDatabases, until } from './fixture.js';
import { type Forwarder, startForwarder } from './forwarder.js';

let databases: Databases;
let proxy: Forwarder;
let app: FastifyInstance;

beforeAll(async () => {
  databases = await startDatabases();
});
beforeEach(async () => {
  proxy = await startForwarder(databases.writeUrl);
  const writeUrl = proxy.through(databases.writeUrl);
  app = await buildApp({ ...databases, writeUrl, writeWaitMs: 20_000 });
});
afterEach(async () => {
  await app.close();
  await proxy.close();
});
afterAll(() => databases.remove());

const write = (): Promise<LightMyRequestResponse> =>
  app.inject({ method: 'PATCH', url: '/products/1', payload: { stock: 1 } });
const version = async (): Promise<number> =>
  Number(await databases.sql('primary', 'SELECT version FROM products WHERE id = 1'));
const untilPrimaryIsDown = (): Promise<void> =>
  until(async () => {
    expect((await app.inject('/readyz')).statusCode).toBe(503);
  });

describe('with a write wait', () => {
  test('writes wait for the primary, and each is done once', async () => {
    await write();
    const before = await version();
    await databases.stop('primary');
    const writing = Promise.all(Array.from({ length: 150 }, write));
    await untilPrimaryIsDown();
    await databases.start('primary');
    for (const { statusCode } of await writing) expect(statusCode).toBe(200);
    expect(await version()).toBe(before + 150);
  });

  test('writes wait while the proxy leads to a read-only server', async () => {
    await write();
    const before = await version();
    proxy.pointTo(databases.readUrl);
    // A write on a connection that was just cut would be of unknown outcome.
    await until(() => {
      expect(statsOf(app).pools.primary.connections).toBe(0);
    });
    const writing = Promise.all(Array.from({ length: 20 }, write));
    await untilPrimaryIsDown();
    proxy.pointTo(databases.writeUrl, { keepOpen: true });
    for (const { statusCode } of await writing) expect(statusCode).toBe(200);
    expect(await version()).toBe(before + 20);
  });

  test('a write whose outcome is unknown is not tried again', async () => {
    const before = await version();
    const locked = databases.sql(
      'primary',
      'BEGIN; SELECT FROM products WHERE id = 1 FOR UPDATE; SELECT pg_sleep(1); COMMIT',
    );
    await until(async () => {
      expect(
        await databases.sql('primary', `SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'`),
      ).toBe('1');
    });
    const writing = write();
    await until(async () => {
      expect(
        await databases.sql(
          'primary',
          `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'`,
        ),
      ).toBe('1');
    });
    proxy.pointTo(databases.writeUrl);
    expect((await writing).json()).toMatchObject({ status: 503, outcome: 'unknown' });
    await locked;
    // The server was never told that its client is gone, and finishes.
    expect(await version()).toBeLessThanOrEqual(before + 1);
  });

  test('a close does not wait for it: those who wait are answered', async () => {
    await databases.stop('primary');
    try {
      const writeUrl = proxy.through(databases.writeUrl);
      const api = await startApi({ ...databases, writeUrl, writeWaitMs: 600_000, port: 0 });
      const writing = fetch(`${api.url}/products/1`, { method: 'DELETE' });
      await until(() => {
        expect(api.stats().writesWaiting).toBe(1);
      });
      await api.close();
      const response = await writing;
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ outcome: 'not-applied' });
    } finally {
      await databases.start('primary');
    }
  });
});

describe('the wait', () => {
  const gone = new DatabaseUnavailable('gone', 'not-applied');
  const never = (): Promise<never> => Promise.reject(gone);

  test('ends with the last error when its time is over', async () => {
    const wait = new WriteWait({
      waitMs: 120,
      maxWaiting: 1,
      look: () => Promise.resolve(),
      isPrimaryUp: () => false,
    });
    await expect(wait.run(never)).rejects.toBe(gone);
    expect(wait.waiting).toBe(0);
  });

  test('is refused to more than it has room for', async () => {
    const wait = new WriteWait({
      waitMs: 10_000,
      maxWaiting: 1,
      look: () => Promise.resolve(),
      isPrimaryUp: () => false,
    });
    const first = wait.run(never);
    const second = wait.run(never);
    await expect(second).rejects.toBeInstanceOf(DatabaseOverloaded);
    wait.close();
    await expect(first).rejects.toBe(gone);
  });

  test('does not hold up what is not a matter of the primary', async () => {
    const wait = new WriteWait({
      waitMs: 60_000,
      maxWaiting: 1,
      look: () => Promise.resolve(),
      isPrimaryUp: () => true,
    });
    await expect(wait.run(() => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
    const unknown = new DatabaseUnavailable('cut off', 'unknown');
    await expect(wait.run(() => Promise.reject(unknown))).rejects.toBe(unknown);
  });
});
