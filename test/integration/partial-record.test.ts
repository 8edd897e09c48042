import { expect, it } from 'vitest';
import { startTestStack } from '../support/stack.js';
import { expectRepaired, writeReplicated } from './interrupted-fixture.js';

it('a primary that is killed while it sends a record leaves the beginning of it, and the failover goes on', async () => {
  await using stack = await startTestStack();
  const sku = await writeReplicated(stack);
  const lags = `SELECT pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()`;
  const dead = await stack.containerId('db-primary');
  // A record of many pages that nothing flushes: the walwriter writes and sends its whole pages alone. Every 15 s the
  // background writer logs the running transactions, which completes it: should that come between, once more.
  for (let tries = 1; tries <= 5; tries += 1) {
    await stack.sql('db-primary', `SELECT pg_logical_emit_message(false, 'halab', repeat('x', 100000))`);
    await expect.poll(() => stack.sql('db-replica', lags), { timeout: 10_000 }).toBe('t');
    await stack.operation.engine.signalContainer(dead, 'SIGKILL');
    if ((await stack.sql('db-replica', lags)) === 't') break;
    expect((await stack.halab('start db-primary')).exitCode).toBe(0);
    await stack.untilHealthy();
  }
  expect(await stack.sql('db-replica', lags)).toBe('t');

  const { exitCode, stderr } = await stack.halab('failover --promote');
  expect(exitCode, stderr).toBe(0);
  await expectRepaired(stack, sku);
});
