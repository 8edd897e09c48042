import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FailoverResult } from '../../src/failover/failover.js';
import { queryOnce } from '../../src/nodes/postgres/client.js';
import { openAccess } from '../../src/stack/access.js';
import type { Snapshot } from '../../src/stack/snapshot.js';
import { getStack } from '../../src/stack/stack.js';
import { planTestStack, type TestStack } from '../support/stack.js';
import { killAt } from './interrupted-fixture.js';

// One stack that every test finds as the one before left it.
let stack: TestStack;
beforeAll(async () => {
  stack = await planTestStack();
  await done('up --replicas 2 --sync on --ports auto');
});
afterAll(() => stack[Symbol.asyncDispose]());

async function done(line: string): Promise<unknown> {
  const { exitCode, data } = await stack.halabJson(line);
  expect(exitCode, JSON.stringify(data)).toBe(0);
  return data;
}

const names = (node: string): Promise<string> => stack.sql(node, 'SHOW synchronous_standby_names');

/** A write as the application does it; rejects when it is not acknowledged within a second. */
async function write(sku: string): Promise<void> {
  const { engine } = stack.operation;
  const access = await openAccess(engine, await getStack(engine, stack.name));
  await queryOnce(access.writes('app'), `INSERT INTO products (sku, name, price) VALUES ($1, 'x', 1)`, [sku]);
}

it('has the primary wait for a majority: one of two replicas', async () => {
  expect(await names('db-primary')).toBe('ANY 1 ("db-replica", "db-replica-2")');
  await stack.untilHealthy();
  await write('SYNC-1');
  expect(await stack.sql('db-primary', 'SELECT DISTINCT sync_state FROM pg_stat_replication')).toBe('quorum');
});

it('goes on without one of two, and waits without both: status says so, and a start or --sync off ends it', async () => {
  await done('stop db-replica');
  await write('SYNC-2');
  await done('stop db-replica-2');
  await expect(write('SYNC-3')).rejects.toThrow();
  const { data } = await stack.halabJson('status');
  expect((data as Snapshot).findings.map(({ code }) => code)).toContain('sync-waits');
  await done('up --sync off');
  await write('SYNC-4');
  await stack.untilHealthy();
  await done('up --sync on');
});

it('after a failover the new primary waits for those that follow it, and after a rejoin for that node too', async () => {
  await done('stop db-primary');
  const { promoted } = (await done('failover --promote')) as FailoverResult;
  const other = promoted === 'db-replica' ? 'db-replica-2' : 'db-replica';
  expect(await names(promoted)).toBe(`ANY 1 ("${other}")`);
  await write('SYNC-5');
  await done('rejoin db-primary --yes');
  expect(await names(promoted)).toBe(`ANY 1 ("db-primary", "${other}")`);

  await done('replica add reports');
  expect(await names(promoted)).toBe(`ANY 2 ("db-primary", "${other}", "reports")`);
  await done('replica remove reports');
  await done(`replica remove ${other}`);
  expect(await names(promoted)).toBe('ANY 1 ("db-primary")');
  await write('SYNC-6');
  await stack.untilHealthy();

  await done(`stop ${promoted}`);
  await done('failover --promote db-primary');
  expect(await names('db-primary')).toBe('');
  await write('SYNC-7');
  const { data } = await stack.halabJson('status');
  expect((data as Snapshot).findings.map(({ code }) => code)).toContain('sync-suspended');
  await done(`rejoin ${promoted} --yes`);
  expect(await names('db-primary')).toBe(`ANY 1 ("${promoted}")`);
  await stack.untilHealthy();
});

it('with remote_apply a write that is acknowledged can be read on the replica at once', async () => {
  await done('up --sync remote_apply');
  const replica = (await names('db-primary')).replace(/^ANY 1 \("(.*)"\)$/, '$1');
  await stack.sql(replica, 'SELECT pg_wal_replay_pause()');
  await expect(write('SYNC-8')).rejects.toThrow();
  await stack.sql(replica, 'SELECT pg_wal_replay_resume()');
  await write('SYNC-9');
  expect(await stack.sql(replica, `SELECT count(*) FROM products WHERE sku = 'SYNC-9'`)).toBe('1');
});

it('repair has writes wait for the replica again, after a failover that was killed before it said so', async () => {
  const [replica = ''] = /(?<=")[^"]+/.exec(await names('db-primary')) ?? [];
  await killAt(stack, 'failover --promote --force', 'keep WAL');
  await done('repair --yes');
  await stack.untilHealthy();
  expect(await names(replica)).toBe('ANY 1 ("db-primary")');

  await stack.sql(replica, 'ALTER SYSTEM RESET synchronous_standby_names');
  await stack.sql(replica, 'SELECT pg_reload_conf()');
  expect(await done('repair')).toMatchObject({ steps: [{ action: 'wait for replicas', node: replica }] });
  expect(await names(replica)).toBe('ANY 1 ("db-primary")');
});
