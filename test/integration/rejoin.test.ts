import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RejoinResult } from '../../src/failover/rejoin.js';
import { lockStack } from '../../src/stack/lock.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { cutReplication } from './cut-replication.js';

const rejoinJson = async (stack: TestStack, words: string): Promise<RejoinResult> => {
  const { exitCode, data } = await stack.halabJson(`rejoin ${words}`);
  expect(exitCode).toBe(0);
  return data as RejoinResult;
};

const kill = async (stack: TestStack, node: string): Promise<void> =>
  stack.operation.engine.signalContainer(await stack.containerId(node), 'SIGKILL');

const inserted = (sku: string): string => `INSERT INTO products (sku, name, price) VALUES ('${sku}', 'x', 1)`;

const count = (stack: TestStack, node: string, sku: string): Promise<string> =>
  stack.sql(node, `SELECT count(*) FROM products WHERE sku LIKE '${sku}%'`);

it('a former primary with transactions that the new one never had comes back by pg_rewind, after a yes', async () => {
  await using stack = await startTestStack();
  await cutReplication(stack);
  await stack.sql('db-primary', inserted('lost-1'));
  await stack.sql('db-primary', `UPDATE products SET stock = 7 WHERE id <= 3`);
  await kill(stack, 'db-primary');
  expect((await stack.halab('failover --promote')).exitCode).toBe(0);
  await stack.sql('db-replica', inserted('kept-1'));

  const dryRun = await rejoinJson(stack, 'db-primary --dry-run');
  expect(dryRun).toMatchObject({
    method: 'rewind',
    dryRun: true,
    discarded: {
      transactions: 2,
      tables: [{ table: 'public.products', inserted: 1, updated: 3, deleted: 0 }],
    },
  });
  expect(await stack.operation.engine.containerState(await stack.containerId('db-primary'))).toBe('exited');

  const refused = await stack.halab('rejoin db-primary');
  expect(refused.exitCode).toBe(4);
  expect(refused.stderr).toContain('[WOULD_DISCARD]');
  expect(refused.stderr).toContain('2 transactions (public.products: 1 inserted, 3 updated)');

  const { exitCode, stdout } = await stack.halab('rejoin db-primary --yes');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('db-primary follows db-replica by pg_rewind, on timeline 2.');
  await stack.untilHealthy();
  expect(await count(stack, 'db-primary', 'lost-')).toBe('0');
  await expect.poll(() => count(stack, 'db-primary', 'kept-'), { timeout: 10_000 }).toBe('1');

  expect(await rejoinJson(stack, 'db-primary')).toMatchObject({ method: 'none' });
});

it('a second primary that runs is stopped and comes back as a replica', async () => {
  await using stack = await startTestStack();
  const { engine } = stack.operation;
  await stack.halab('stop db-primary');
  await stack.sql('db-replica', 'SELECT pg_promote()');
  expect((await stack.halab('proxy point db-replica')).exitCode).toBe(0);
  await engine.startContainer(await stack.containerId('db-primary'));
  await expect
    .poll(() => stack.sql('db-primary', inserted('split-1')).catch(String), { timeout: 20_000 })
    .toBe('');

  expect(await rejoinJson(stack, 'db-primary --yes')).toMatchObject({
    method: 'rewind',
    timeline: { before: 1, after: 2 },
    discarded: { transactions: 1 },
  });
  await stack.untilHealthy();
  expect(await count(stack, 'db-primary', 'split-')).toBe('0');
});

it('a former primary that held nothing more only starts as a standby, and roles can go back and forth', async () => {
  await using stack = await startTestStack();
  await stack.halab('stop db-primary');
  expect((await stack.halab('failover --promote db-replica')).exitCode).toBe(0);
  expect(await rejoinJson(stack, 'db-primary')).toMatchObject({ method: 'follow', discarded: null });
  await stack.untilHealthy();
  expect(await stack.sql('db-primary', 'SELECT count(*) FROM pg_replication_slots')).toBe('0');

  await stack.halab('stop db-replica');
  expect((await stack.halab('failover --promote db-primary')).exitCode).toBe(0);
  expect(await rejoinJson(stack, 'db-replica --method basebackup')).toMatchObject({
    method: 'basebackup',
    timeline: { before: 2, after: 3 },
  });
  await stack.untilHealthy();

  expect((await stack.halab('down')).exitCode).toBe(0);
  const { stdout } = await stack.halab('history');
  expect(stdout).toMatch(/failover +db-replica +1 → 2 .* db-primary was exited/);
  expect((await stack.halabJson('history')).data).toMatchObject({
    entries: [
      { operation: 'failover', node: 'db-replica', timeline: { before: 1, after: 2 } },
      { operation: 'rejoin', node: 'db-primary', cause: expect.stringMatching(/^follow: /) as string },
      { operation: 'failover', node: 'db-primary', timeline: { before: 2, after: 3 } },
      { operation: 'rejoin', node: 'db-replica', timeline: { before: 2, after: 3 } },
    ],
  });
});

it('a rejoin that was cut off before it was decided, or in a rewind, is done again', async () => {
  await using stack = await startTestStack();
  const { engine } = stack.operation;
  const former = await stack.containerId('db-primary');
  await kill(stack, 'db-primary');
  expect((await stack.halab('failover --promote')).exitCode).toBe(0);
  const leave = (text: string): Promise<void> =>
    engine.putFiles(former, [{ path: '/var/lib/postgresql/rejoin', text, mode: 0o600, uid: 999, gid: 999 }]);

  await leave('wait db-replica\n');
  await engine.startContainer(former);
  expect(await rejoinJson(stack, 'db-primary --yes')).toMatchObject({ timeline: { after: 2 } });
  await stack.untilHealthy();

  await engine.signalContainer(former, 'SIGKILL');
  await leave('basebackup db-replica\n');
  expect(await rejoinJson(stack, 'db-primary')).toMatchObject({ method: 'basebackup' });
  await stack.untilHealthy();
});

describe('one that cannot be done', () => {
  // One stack: what was refused has changed nothing.
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack();
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  it('is refused while another command changes the stack, and names it', async () => {
    using _held = await lockStack(stack.operation.engine.endpoint.url, stack.name, 'halab failover');
    for (const line of ['rejoin db-replica', 'promote db-replica', 'failover --promote', 'up', 'down']) {
      const { exitCode, stderr } = await stack.halab(line);
      expect([line, exitCode]).toEqual([line, 4]);
      expect(stderr).toContain('[STACK_BUSY]');
      expect(stderr).toContain('halab failover');
    }
    await stack.untilHealthy();
  });

  it('is refused to a primary, to a node that is none, and without a primary to follow', async () => {
    for (const [line, code] of [
      ['rejoin db-primary', 'REJOIN_PRIMARY'],
      ['rejoin db-nowhere', 'NODE_NOT_FOUND'],
      ['rejoin redis', 'NODE_NOT_FOUND'],
    ]) {
      const { exitCode, stderr } = await stack.halab(String(line));
      expect(exitCode).toBe(4);
      expect(stderr).toContain(`[${String(code)}]`);
    }
    await stack.halab('stop db-primary');
    const { exitCode, stderr } = await stack.halab('rejoin db-replica');
    expect(exitCode).toBe(4);
    expect(stderr).toContain('[NO_PRIMARY]');
  });
});
