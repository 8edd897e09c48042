import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock/clock.js';
import { startLoad } from '../../src/measure/load.js';
import { noClients } from '../../src/measure/load-options.js';
import type { Snapshot } from '../../src/stack/snapshot.js';
import { planTestStack, type TestStack } from '../support/stack.js';
import { killAt, primaryOf } from './interrupted-fixture.js';

// One stack that every test finds healthy, whoever is the primary.
let stack: TestStack;
beforeAll(async () => {
  stack = await planTestStack();
  await done('up --pooler --ports auto');
});
afterAll(() => stack[Symbol.asyncDispose]());

async function done(line: string): Promise<unknown> {
  const { exitCode, data } = await stack.halabJson(line);
  expect(exitCode, JSON.stringify(data)).toBe(0);
  return data;
}

const status = async (): Promise<Snapshot> => (await stack.halabJson('status')).data as Snapshot;

async function poolerUrl(): Promise<string> {
  const { poolerUrl: url } = await stack.endpoints();
  if (url === null) throw new Error('There is no pooler.');
  return url;
}

/** A client of the pooler; it ends with the scope. */
async function connect(url?: string): Promise<Client & AsyncDisposable> {
  const client = new Client({ connectionString: url ?? (await poolerUrl()) });
  client.on('error', () => undefined);
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

async function value(client: Client, sql: string, parameters: unknown[] = []): Promise<unknown> {
  const { rows } = await client.query<{ value: unknown }>({ text: sql, values: parameters });
  return rows[0]?.value;
}

const write = (client: Client, sku: string): Promise<unknown> =>
  value(client, `INSERT INTO products (sku, name, price) VALUES ($1, 'Pooled', 1) RETURNING sku AS value`, [
    sku,
  ]);

describe('a stack with PgBouncer before the proxy', () => {
  it('shows it in every place, and reaches the primary through it', async () => {
    await stack.untilHealthy();
    const { pooler, nodes } = await status();
    expect(nodes.map(({ name }) => name)).toContain('pgbouncer');
    expect(pooler).toMatchObject({ paused: false, reached: 'db-primary' });
    expect((await stack.halab('status')).stdout).toContain('reach db-primary');
    expect((await stack.halab('env')).stdout).toContain('HALAB_POOLER_URL');
  });

  it('lends its few connections to many clients, one transaction at a time, prepared statements included', async () => {
    const clients = await Promise.all(Array.from({ length: 30 }, () => connect()));
    try {
      const backends = new Set<unknown>();
      for (let round = 0; round < 3; round += 1) {
        const pids = await Promise.all(
          clients.map(async (client) => {
            const { rows } = await client.query<{ pid: number }>({
              name: 'pid',
              text: 'SELECT pg_backend_pid() AS pid WHERE $1',
              values: [true],
            });
            return rows[0]?.pid;
          }),
        );
        for (const pid of pids) backends.add(pid);
      }
      expect(backends.size).toBeGreaterThan(0);
      expect(backends.size).toBeLessThanOrEqual(20);
    } finally {
      await Promise.all(clients.map((client) => client.end()));
    }
  });

  it('asks for the password, by SCRAM', async () => {
    const wrong = new URL(await poolerUrl());
    wrong.password = 'wrong';
    await expect(connect(wrong.href)).rejects.toThrow(/SASL authentication failed/);
    const text = await stack.halab('exec pgbouncer', {
      passedOn: ['cat', '/etc/pgbouncer/pgbouncer.ini'],
    });
    expect(text.stdout).toContain('auth_type = scram-sha-256');
  });

  it('no client of it notices a switchover', async () => {
    const { apiUrl } = await stack.endpoints();
    const load = await startLoad({
      clock: systemClock,
      writeUrl: await poolerUrl(),
      apiUrl,
      runId: 'pooled',
      groups: {
        proxyWriters: { clients: 8, intervalMs: 10 },
        apiWriters: noClients,
        readers: noClients,
      },
      connectTimeoutMs: 10_000,
      statementTimeoutMs: 10_000,
    });
    const onTimeout = (): Error => new Error('The load is not steady.');
    await load.waitUntilSteady({ timeoutMs: 10_000, onTimeout, writesPerClient: 10 });
    for (let swaps = 0; swaps < 3; swaps += 1) {
      await done('switchover');
      await stack.untilHealthy();
      await sleep(100);
    }
    await load.stop();
    expect(load.errors()).toEqual([]);
    expect(load.ledger.counts()).toMatchObject({ failed: 0, indeterminate: 0 });
    expect(load.ledger.counts().acknowledged).toBeGreaterThan(500);
  });

  it('a transaction that stays open calls a switchover off, and everybody goes on', async () => {
    const before = await primaryOf(stack);
    await using busy = await connect();
    await busy.query('BEGIN');
    await write(busy, 'OPEN');
    const { exitCode, stderr } = await stack.halab('switchover --max-pause 300ms');
    expect([exitCode, stderr]).toEqual([4, expect.stringContaining('[SWITCHOVER_CALLED_OFF]')]);
    await using other = await connect();
    expect(await write(other, 'OTHER')).toBe('OTHER');
    await busy.query('COMMIT');
    await stack.untilHealthy();
    expect(await primaryOf(stack)).toBe(before);
  });

  it('a switchover that is killed leaves it paused: status says so, and repair lets statements through', async () => {
    await killAt(stack, 'switchover --max-pause 60s', 'stop old primary');
    await using client = await connect();
    const waiting = write(client, 'WAITED');
    expect((await status()).findings.map(({ code }) => code)).toContain('pooler-paused');
    const { steps } = (await done('repair --yes')) as { steps: { action: string }[] };
    expect(steps.map(({ action }) => action)).toContain('resume');
    await stack.untilHealthy();
    expect(await waiting).toBe('WAITED');
  });

  it('a pause that nobody ends is over by itself', async () => {
    // Its end is what the switchover waits for when it is killed: it can go no further.
    await using transaction = await connect((await stack.endpoints()).writeUrl);
    await transaction.query('BEGIN');
    await killAt(stack, 'switchover --max-pause 3s', 'cut sessions');
    await using client = await connect();
    expect(await write(client, 'BY-ITSELF')).toBe('BY-ITSELF');
    expect(await stack.sql(await primaryOf(stack), 'SHOW idle_session_timeout')).toBe('0');
    await done('repair --yes');
    await stack.untilHealthy();
  });

  it('goes on after a failover, on the connections that its clients have', async () => {
    await using client = await connect();
    await write(client, 'BEFORE');
    await done(`fault kill ${await primaryOf(stack)}`);
    await done('failover --promote');
    await expect
      .poll(() => write(client, 'AFTER').catch(String), { timeout: 10_000, interval: 100 })
      .toMatch(/AFTER|duplicate/);
    await done('repair --yes');
    await stack.untilHealthy();
  });

  it('a switchover goes on without it while it is stopped, and is refused while it hangs', async () => {
    await done('fault pause pgbouncer');
    const { exitCode, stderr } = await stack.halab('switchover');
    expect([exitCode, stderr]).toEqual([4, expect.stringContaining('[NODE_NOT_RUNNING]')]);
    await done('heal pgbouncer');
    await done('stop pgbouncer');
    await done('switchover');
    await done('start pgbouncer');
    await stack.untilHealthy();
  });
});

describe('up on a stack that runs', () => {
  it('keeps the pooler, takes it away with --no-pooler, and adds it with --pooler', async () => {
    expect(await done('up')).toMatchObject({ created: [], started: [], removed: [] });
    expect(await done('up --no-pooler')).toMatchObject({ created: [], removed: ['pgbouncer'] });
    expect((await status()).pooler).toBeNull();
    expect(await done('up')).toMatchObject({ created: [], removed: [] });
    expect(await done('up --pooler')).toMatchObject({ created: ['pgbouncer'], removed: [] });
    await stack.untilHealthy();
    await using client = await connect();
    expect(await write(client, 'AGAIN')).toBe('AGAIN');
  });
});
