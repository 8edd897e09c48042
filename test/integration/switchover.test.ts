import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock/clock.js';
import { readRunKeys } from '../../src/measure/final-read.js';
import { judgeLedger } from '../../src/measure/judge-ledger.js';
import { startLoad } from '../../src/measure/load.js';
import { noClients } from '../../src/measure/load-options.js';
import { firstChunk, spawnHalab } from '../support/halab-process.js';
import { startTestStack, type TestStack } from '../support/stack.js';

const writers = { clients: 8, intervalMs: 10 };

const roles = async (stack: TestStack): Promise<string[]> =>
  Promise.all(
    ['db-primary', 'db-replica'].map((node) =>
      stack.sql(node, `SELECT CASE WHEN pg_is_in_recovery() THEN 'replica' ELSE 'primary' END`),
    ),
  );

it('swaps the roles and back under load: no write is lost or left in doubt', async () => {
  await using stack = await startTestStack();
  const { writeUrl, apiUrl } = await stack.endpoints();
  const load = await startLoad({
    clock: systemClock,
    writeUrl,
    apiUrl,
    runId: 'switchover',
    groups: { proxyWriters: writers, apiWriters: noClients, readers: noClients },
  });
  await load.waitUntilSteady({
    timeoutMs: 10_000,
    onTimeout: () => new Error('not steady'),
    writesPerClient: 10,
  });
  for (const [node, found] of [
    ['db-replica', ['replica', 'primary']],
    ['db-primary', ['primary', 'replica']],
    ['', ['replica', 'primary']],
  ] as const) {
    const { exitCode, data } = await stack.halabJson(`switchover ${node}`.trim());
    expect({ exitCode, data }).toMatchObject({ exitCode: 0 });
    expect((data as { pauseMs: number }).pauseMs).toBeGreaterThan(0);
    expect(await roles(stack)).toEqual(found);
    await stack.untilHealthy();
    await sleep(100);
  }
  await load.stop();
  const ledger = await judgeLedger(load.ledger, await readRunKeys({ url: writeUrl, runId: 'switchover' }));
  expect({ ledger, errors: load.errors().map(({ errorCode }) => errorCode) }).toMatchObject({
    ledger: { verdict: 'valid', lost: 0, indeterminate: 0, unexpected: 0, failedYetPresent: 0 },
  });
  expect(ledger.acknowledged).toBeGreaterThan(500);
  for (const node of ['db-primary', 'db-replica'])
    expect(await stack.sql(node, 'SHOW idle_session_timeout')).toBe('0');
});

describe('one that cannot be done', () => {
  // One stack: what was refused or called off has changed nothing.
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack();
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  it('is called off while a transaction is open, and the old primary goes on, with its sessions', async () => {
    const { writeUrl } = await stack.endpoints();
    const client = new Client({ connectionString: writeUrl, application_name: 'long-runner' });
    await client.connect();
    await client.query('BEGIN');
    await client.query('UPDATE products SET stock = 9 WHERE id = 1');
    const { exitCode, stderr } = await stack.halab('switchover --max-pause 300ms');
    expect(exitCode).toBe(4);
    expect(stderr).toContain('[SWITCHOVER_CALLED_OFF]');
    expect(stderr).toContain('(long-runner): idle in transaction');
    await client.query('COMMIT');
    await client.end();
    expect(await roles(stack)).toEqual(['primary', 'replica']);
    await stack.untilHealthy();
    expect(await stack.sql('db-primary', 'SHOW idle_session_timeout')).toBe('0');
    expect(await stack.sql('db-primary', 'SELECT stock FROM products WHERE id = 1')).toBe('9');
  });

  it('is called off while the replica does not catch up', async () => {
    expect((await stack.halab('fault lag db-replica')).exitCode).toBe(0);
    await stack.sql('db-primary', 'UPDATE products SET stock = 9 WHERE id = 1');
    const { exitCode, stderr } = await stack.halab('switchover --max-pause 300ms');
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/db-replica was \d+ bytes behind/);
    expect((await stack.halab('heal')).exitCode).toBe(0);
    await stack.untilHealthy();
  });

  it('refuses without a primary that answers, to the primary itself, and without a replica that streams', async () => {
    const refused = async (line: string, code: string): Promise<void> => {
      const { exitCode, stderr } = await stack.halab(line);
      expect([line, exitCode, stderr]).toEqual([line, 4, expect.stringContaining(`[${code}]`)]);
    };
    await refused('switchover db-primary', 'NOT_A_REPLICA');
    await refused('switchover nobody', 'NODE_NOT_FOUND');
    await stack.halab('stop db-replica');
    await refused('switchover', 'NO_REPLICA');
    await stack.halab('start db-replica');
    await stack.halab('fault kill db-primary');
    await refused('switchover', 'NO_PRIMARY');
  });
});

it('clients of the API notice nothing: it waits, and repeats what was not carried out', async () => {
  await using stack = await startTestStack();
  const { writeUrl } = await stack.endpoints();
  const api = spawnHalab(['serve', '--stack', stack.name, '--port', '0', '--write-wait', '10s', '--json']);
  try {
    const { apiUrl } = JSON.parse(await firstChunk(api.stdout)) as { apiUrl: string };
    const load = await startLoad({
      clock: systemClock,
      writeUrl,
      apiUrl,
      runId: 'api',
      groups: { proxyWriters: noClients, apiWriters: writers, readers: noClients },
      httpTimeoutMs: 20_000,
    });
    const onTimeout = () => new Error('not steady');
    await load.waitUntilSteady({ timeoutMs: 10_000, onTimeout, writesPerClient: 10 });
    for (const node of ['db-replica', 'db-primary']) {
      expect((await stack.halab(`switchover ${node}`)).exitCode).toBe(0);
      await stack.untilHealthy();
    }
    await load.stop();
    const ledger = await judgeLedger(load.ledger, await readRunKeys({ url: writeUrl, runId: 'api' }));
    expect({ ledger, errors: load.errors().map(({ errorCode }) => errorCode) }).toMatchObject({
      ledger: { verdict: 'valid', lost: 0, indeterminate: 0, failed: 0 },
      errors: [],
    });
    expect(ledger.acknowledged).toBeGreaterThan(200);
  } finally {
    api.kill('SIGTERM');
    await api;
  }
});
