import { Redis } from 'ioredis';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/stack/snapshot.js';
import { getStack } from '../../src/stack/stack.js';
import { docker } from '../support/docker.js';
import { startTestStack, type TestStack } from '../support/stack.js';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack[Symbol.asyncDispose]());

const nodes = ['db-primary', 'db-replica', 'haproxy', 'redis'];

/** Runs statements on a connection of their own, as the role in the URL. */
async function query(url: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const text of statements) ({ rows } = await client.query<Record<string, unknown>>(text));
    return rows;
  } finally {
    await client.end();
  }
}

async function credentials(): Promise<Record<string, string>> {
  const text = await stack.operation.engine.readFile(
    await stack.containerId('db-primary'),
    '/var/lib/postgresql/credentials.json',
  );
  return JSON.parse(text ?? '') as Record<string, string>;
}

/** The URL of a node for another role than the application's. */
const as = (url: string, user: string, password: string): string =>
  Object.assign(new URL(url), { username: user, password }).href;

describe('a stack that is up', () => {
  it('has a primary and a replica that streams from it, and status finds nothing wrong', async () => {
    const { exitCode, data } = await stack.halabJson('status');
    const status = data as Snapshot;
    expect(status.findings).toEqual([]);
    expect(exitCode).toBe(0);
    expect(status).toMatchObject({ stack: stack.name, topology: 'classic', healthy: true });
    expect(status.nodes).toMatchObject([
      { name: 'db-primary', role: { expected: 'primary', found: 'primary' }, timeline: 1 },
      {
        name: 'db-replica',
        role: { expected: 'replica', found: 'replica' },
        replication: { state: 'streaming' },
      },
      { name: 'haproxy', state: 'running' },
      { name: 'redis', state: 'running' },
    ]);
    expect(status.proxy).toMatchObject({ writesTo: 'db-primary', state: 'up' });
  });

  it('streams through a replication slot of the replica’s own', async () => {
    expect(await stack.sql('db-primary', 'SELECT slot_name, active FROM pg_replication_slots')).toBe(
      'db_replica|t',
    );
  });

  it('shows a write through the proxy on the replica', async () => {
    const { writeUrl, readUrl } = await stack.endpoints();
    await query(writeUrl, `INSERT INTO products (sku, name, price) VALUES ('UP-1', 'Seen twice', 12.34)`);
    await expect
      .poll(() => query(readUrl, `SELECT name, price FROM products WHERE sku = 'UP-1'`), { timeout: 10_000 })
      .toEqual([{ name: 'Seen twice', price: '12.34' }]);
    await query(writeUrl, `DELETE FROM products WHERE sku = 'UP-1'`);
  });

  it('refuses writes on the replica', async () => {
    const { readUrl } = await stack.endpoints();
    await expect(query(readUrl, 'DELETE FROM products')).rejects.toThrow('read-only transaction');
  });

  it('has 1,000 products, their price as numeric, and data checksums', async () => {
    expect(await stack.sql('db-replica', 'SELECT count(*), count(DISTINCT sku) FROM products')).toBe(
      '1000|1000',
    );
    expect(await stack.sql('db-primary', 'SELECT DISTINCT pg_typeof(price) FROM products')).toBe('numeric');
    expect(await stack.sql('db-primary', 'SHOW data_checksums')).toBe('on');
  });
});

describe('who may do what', () => {
  it('Redis answers only to its password', async () => {
    const { redisUrl } = await stack.endpoints();
    const ping = async (url: string): Promise<string> => {
      const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, enableReadyCheck: false });
      redis.on('error', () => undefined);
      try {
        return await redis.ping();
      } finally {
        redis.disconnect();
      }
    };
    await expect(ping(redisUrl)).resolves.toBe('PONG');
    await expect(ping(redisUrl.replace(/\/\/.*@/, '//'))).rejects.toThrow('NOAUTH');
    await expect(ping(redisUrl.replace(/:[^:@]*@/, ':wrong@'))).rejects.toThrow('WRONGPASS');
  });

  it('every password is stored as a SCRAM verifier, and the role of HAProxy’s checks has none and may do nothing', async () => {
    const stored = await stack.sql(
      'db-primary',
      `SELECT rolname, split_part(rolpassword, '$', 1) FROM pg_authid WHERE rolcanlogin ORDER BY 1`,
    );
    expect(stored.split('\n')).toEqual([
      ...['app', 'monitor', 'postgres'].map((role) => `${role}|SCRAM-SHA-256`),
      'probe|',
      'replicator|SCRAM-SHA-256',
    ]);
    const { writeUrl } = await stack.endpoints();
    const asProbe = writeUrl.replace(/app:[^@]+@/, 'probe:x@');
    await expect(query(asProbe, 'SELECT 1')).rejects.toThrow('no pg_hba.conf entry');
    const inPostgres = asProbe.replace('/shop', '/postgres');
    await expect(query(inPostgres, 'CREATE TEMPORARY TABLE t ()')).rejects.toThrow('permission denied');
    await expect(query(inPostgres, 'CREATE TABLE public.t ()')).rejects.toThrow('permission denied');
  });

  it('no role gets in without its password', async () => {
    const { nodes: urls } = await stack.endpoints();
    for (const user of ['app', 'monitor', 'postgres', 'replicator']) {
      await expect(query(as(urls['db-primary'] ?? '', user, 'wrong'), 'SELECT 1'), user).rejects.toThrow(
        /password authentication failed|no pg_hba.conf entry/,
      );
    }
  });

  it('the application reads and writes products', async () => {
    const { writeUrl } = await stack.endpoints();
    const [changed] = await query(
      writeUrl,
      `INSERT INTO products (sku, name, price) VALUES ('UP-2', 'Short-lived', 1)`,
      `UPDATE products SET price = 2.50 WHERE sku = 'UP-2'`,
      `DELETE FROM products WHERE sku = 'UP-2' RETURNING price, version`,
    );
    expect(changed).toEqual({ price: '2.50', version: '2' });
  });

  it.each([
    ['read passwords', 'SELECT rolpassword FROM pg_authid', 'permission denied'],
    ['create tables', 'CREATE TABLE public.mine (id int)', 'permission denied'],
    ['create schemas', 'CREATE SCHEMA mine', 'permission denied'],
    ['change the table', 'ALTER TABLE products DROP COLUMN name', 'must be owner'],
    ['empty the table at once', 'TRUNCATE products', 'permission denied'],
    ['become superuser', 'SET ROLE postgres', 'permission denied'],
    ['run programs', `COPY products TO PROGRAM 'cat'`, 'permission denied'],
    ['read the server’s files', `SELECT pg_read_file('/etc/passwd')`, 'permission denied'],
  ])('the application may not %s', async (_what, statement, reason) => {
    const { writeUrl } = await stack.endpoints();
    await expect(query(writeUrl, statement)).rejects.toThrow(reason);
  });

  it('the application reaches no other database', async () => {
    const { writeUrl } = await stack.endpoints();
    await expect(query(writeUrl.replace(/shop$/, 'postgres'), 'SELECT 1')).rejects.toThrow();
  });

  it('the replication role replicates and reads no table', async () => {
    const { replicator = '' } = await credentials();
    const { nodes: urls } = await stack.endpoints();
    const url = as(urls['db-primary'] ?? '', 'replicator', replicator);
    await expect(query(url, 'SELECT 1')).rejects.toThrow('no pg_hba.conf entry');
    expect(
      await stack.sql('db-primary', `SELECT has_table_privilege('replicator', 'products', 'SELECT')`),
    ).toBe('f');
    expect(
      await stack.sql(
        'db-primary',
        `SELECT rolsuper, rolreplication FROM pg_roles WHERE rolname = 'replicator'`,
      ),
    ).toBe('f|t');
  });

  it('the monitoring role reads no table', async () => {
    const { monitor = '' } = await credentials();
    const { writeUrl } = await stack.endpoints();
    await expect(query(as(writeUrl, 'monitor', monitor), 'SELECT * FROM products')).rejects.toThrow(
      'permission denied',
    );
  });
});

describe('what can be seen from outside', () => {
  it('ports are published on 127.0.0.1 only', async () => {
    const { nodes: found } = await getStack(stack.operation.engine, stack.name);
    expect(found.map(({ name }) => name)).toEqual(nodes);
    for (const { containerId, port, readPort } of found) {
      const published = await docker('port', containerId);
      const addresses = published.split('\n').map((line) => line.replace(/^\d+\/tcp -> /, ''));
      expect(addresses).toEqual(
        [port, readPort].flatMap((each) => (each === null ? [] : [`127.0.0.1:${each}`])),
      );
    }
  });

  it.each(nodes)('no process of %s runs as root', async (node) => {
    const [, ...processes] = (
      await docker('top', await stack.containerId(node), '-eo', 'pid,uid,args')
    ).split('\n');
    expect(processes.length).toBeGreaterThan(0);
    for (const line of processes) expect(line).toMatch(/^ *\d+ +999 /);
  });

  it.each(nodes)(
    'no password of the stack is in the settings, the processes or the log of %s',
    async (node) => {
      const id = await stack.containerId(node);
      const seen = [
        await docker('inspect', id),
        await docker('top', id, '-eo', 'pid,args'),
        ...(await stack.operation.engine.tailLogs(id, 10_000)),
      ].join('\n');
      expect(seen.length).toBeGreaterThan(1000);
      const passwords = Object.entries(await credentials());
      expect(passwords).toHaveLength(5);
      for (const [role, password] of passwords) {
        expect(password.length).toBeGreaterThanOrEqual(24);
        expect(seen.includes(password), `password of ${role}`).toBe(false);
      }
    },
  );

  it('no event that the CLI shows holds a password', async () => {
    const seen = JSON.stringify(stack.events);
    for (const password of Object.values(await credentials())) expect(seen).not.toContain(password);
  });
});
