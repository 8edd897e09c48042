import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from '../../src/api/database.js';
import { DatabaseUnavailable } from '../../src/api/database-errors.js';
import { type Databases, startDatabases, until } from './fixture.js';
import { startForwarder } from './forwarder.js';

let databases: Databases;
beforeAll(async () => {
  databases = await startDatabases();
});
afterAll(async () => {
  await databases.remove();
});

const withDatabase = async (
  url: string,
  work: (database: Database) => Promise<void>,
  timeoutMs = 20_000,
): Promise<void> => {
  const database = new Database({
    url,
    applicationName: 'dropped',
    maxConnections: 1,
    maxWaiting: 1,
    connectTimeoutMs: 5_000,
    maxWaitMs: 5_000,
    timeoutMs,
  });
  try {
    await work(database);
  } finally {
    await database.close(0);
  }
};
/** Tells one connection from the next: the number of the server process behind it. */
const backend = async (database: Database): Promise<number> => {
  const [row] = await database.query<{ pid: number }>({ text: 'SELECT pg_backend_pid() AS pid' });
  if (row === undefined) throw new Error('no row');
  return row.pid;
};
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

test('a connection is kept from one statement to the next, also after an error of the statement', async () => {
  await withDatabase(databases.writeUrl, async (database) => {
    const before = await backend(database);
    await expect(database.query({ text: 'SELECT 1/0' })).rejects.toMatchObject({ code: '22012' });
    expect(await backend(database)).toBe(before);
  });
});

test('25006: the connection to a server that became read-only is dropped, and the write did not happen', async () => {
  await withDatabase(databases.readUrl, async (database) => {
    const before = await backend(database);
    const failure = await failureOf(database.query({ text: 'UPDATE products SET stock = 1 WHERE id = 1' }));
    expect(failure).toBeInstanceOf(DatabaseUnavailable);
    expect(failure).toMatchObject({ outcome: 'not-applied', cause: { code: '25006' } });
    expect(await backend(database)).not.toBe(before);
  });
});

test('57P01: a connection that the server ends during a statement is dropped, and the outcome is unknown', async () => {
  await withDatabase(databases.writeUrl, async (database) => {
    const before = await backend(database);
    const failing = failureOf(database.query({ text: 'SELECT pg_sleep(15)' }));
    await until(async () => {
      const ended = await databases.sql(
        'primary',
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ${before} AND wait_event = 'PgSleep'`,
      );
      expect(ended).toBe('t');
    });
    const failure = await failing;
    expect(failure).toBeInstanceOf(DatabaseUnavailable);
    expect(failure).toMatchObject({ outcome: 'unknown', cause: { code: '57P01' } });
    expect(await backend(database)).not.toBe(before);
  });
});

test('57P01: a connection that the server ends while it is idle is not used again', async () => {
  await withDatabase(databases.writeUrl, async (database) => {
    const before = await backend(database);
    await databases.sql('primary', `SELECT pg_terminate_backend(${before})`);
    await until(() => {
      expect(database.stats().connections).toBe(0);
    });
    expect(await backend(database)).not.toBe(before);
  });
});

test('a connection that has rested says a word first: a write that follows it into silence was not begun', async () => {
  const forwarder = await startForwarder(databases.writeUrl);
  const write = { text: 'UPDATE products SET stock = stock WHERE id = 1' };
  try {
    for (const [restMs, outcome] of [
      [0, 'unknown'],
      [250, 'not-applied'],
    ] as const) {
      forwarder.pointTo(databases.writeUrl);
      const work = async (database: Database): Promise<void> => {
        await database.query(write);
        await setTimeout(restMs);
        forwarder.hang();
        expect(await failureOf(database.query(write))).toMatchObject({ outcome });
      };
      await withDatabase(forwarder.through(databases.writeUrl), work, 500);
    }
  } finally {
    await forwarder.close();
  }
});
