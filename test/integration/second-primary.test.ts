import { expect, it } from 'vitest';
import type { Snapshot } from '../../src/stack/snapshot.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { cutReplication } from './cut-replication.js';

const roleOf = (stack: TestStack, node: string): Promise<string> =>
  stack.sql(node, `SELECT CASE WHEN pg_is_in_recovery() THEN 'replica' ELSE 'primary' END`);

async function findingsOf(stack: TestStack): Promise<string[]> {
  const { data } = await stack.halabJson('status');
  return (data as Snapshot).findings.map(({ code }) => code);
}

it('a primary that halab replaced comes back as a replica, even when somebody else starts its container', async () => {
  await using stack = await startTestStack();
  const { engine } = stack.operation;
  const oldPrimary = await stack.containerId('db-primary');
  await engine.signalContainer(oldPrimary, 'SIGKILL');
  expect((await stack.halab('failover --promote')).exitCode).toBe(0);

  await engine.startContainer(oldPrimary);
  await expect.poll(() => roleOf(stack, 'db-primary').catch(String), { timeout: 30_000 }).toBe('replica');
  expect(await roleOf(stack, 'db-replica')).toBe('primary');
});

it('a primary that was replaced behind halab’s back stays stopped, and is told when it runs', async () => {
  await using stack = await startTestStack();
  const { engine } = stack.operation;
  const oldPrimary = await stack.containerId('db-primary');
  await engine.stopContainer(oldPrimary, 10);
  await stack.sql('db-replica', 'SELECT pg_promote()');

  const refused = await stack.halab('start db-primary');
  expect(refused.exitCode).toBe(4);
  expect(refused.stderr).toContain('[SECOND_PRIMARY]');
  expect((await stack.halab('proxy point db-replica')).exitCode).toBe(0);
  expect(await stack.halabJson('up')).toMatchObject({
    exitCode: 0,
    data: { started: [], leftStopped: ['db-primary'], verification: { writtenTo: 'db-replica' } },
  });
  expect(await engine.containerState(oldPrimary)).toBe('exited');

  await engine.startContainer(oldPrimary);
  await expect.poll(() => findingsOf(stack), { timeout: 20_000 }).toContain('two-primaries');
  const { exitCode, stdout } = await stack.halab('status');
  expect(exitCode).toBe(3);
  expect(stdout).toContain('Two servers say primary: db-primary on timeline 1, db-replica on timeline 2.');
  expect(stdout).toMatch(/Their histories part at\s+0\/[0-9A-F]+\.\s+Writes\s+go\s+to\s+db-replica/);
  expect(stdout).toContain(`halab fence db-primary --stack ${stack.name}`);
  const { exitCode: refusal, stderr } = await stack.halab('rejoin db-replica');
  expect(refusal).toBe(4);
  expect(stderr).toContain('[REJOIN_PRIMARY]');

  expect(await stack.halabJson('fence db-primary')).toMatchObject({
    exitCode: 0,
    data: { node: 'db-primary', before: 'running', after: 'exited', primary: 'db-replica' },
  });
  expect(await findingsOf(stack)).toEqual(['node-stopped', 'no-redundancy']);
  await engine.startContainer(oldPrimary);
  await expect.poll(() => roleOf(stack, 'db-primary').catch(String), { timeout: 30_000 }).toBe('replica');
});

it('a former primary with writes that the new one never received is told to have diverged', async () => {
  await using stack = await startTestStack();
  const { engine } = stack.operation;
  const oldPrimary = await stack.containerId('db-primary');
  await cutReplication(stack);
  await stack.sql('db-primary', `UPDATE products SET name = name || ' (lost)'`);
  await engine.signalContainer(oldPrimary, 'SIGKILL');
  expect((await stack.halab('failover --promote')).exitCode).toBe(0);
  expect(await stack.sql('db-replica', `SELECT count(*) FROM products WHERE name LIKE '%(lost)'`)).toBe('0');

  await engine.startContainer(oldPrimary);
  await expect.poll(() => findingsOf(stack), { timeout: 30_000 }).toContain('diverged');
  // Its walreceiver connects again and again, and is sent the old timeline each time: no look may take that for health.
  for (let look = 0; look < 20; look += 1) expect(await findingsOf(stack)).not.toEqual([]);
  expect((await stack.halab('status')).exitCode).toBe(3);
});
