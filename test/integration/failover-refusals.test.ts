import { expect, it } from 'vitest';
import { planTestStack, startTestStack, type TestStack } from '../support/stack.js';
import { cutReplication } from './cut-replication.js';

const kill = async (stack: TestStack, node: string): Promise<void> =>
  stack.operation.engine.signalContainer(await stack.containerId(node), 'SIGKILL');

const stateOf = async (stack: TestStack, node: string): Promise<string | undefined> =>
  stack.operation.engine.containerState(await stack.containerId(node));

it('a failover from a primary that answers is refused; --force stops it first', async () => {
  await using stack = await startTestStack();
  for (const line of ['failover --promote', 'failover --promote db-replica --dry-run']) {
    const { exitCode, stderr } = await stack.halab(line);
    expect([line, exitCode]).toEqual([line, 4]);
    expect(stderr).toContain('[PRIMARY_ALIVE]');
    expect(stderr).toContain(`halab failover --promote db-replica --force --stack ${stack.name}`);
  }
  await stack.untilHealthy();
  expect(await stack.halabJson('failover --promote --force --max-lag 1MB')).toMatchObject({
    exitCode: 0,
    data: { promoted: 'db-replica', fenced: ['db-primary'], verified: true },
  });
  const again = await stack.halab('failover --promote db-replica');
  expect(again.exitCode).toBe(4);
  expect(again.stderr).toContain('db-replica is the primary already, and takes the writes.');
});

it('a server that hangs is not waited for: it is killed, and its replica takes over', async () => {
  await using stack = await startTestStack();
  await stack.sql('db-primary', `UPDATE products SET stock = 3 WHERE id = 1`);
  // Its container runs, and its postmaster answers no connection.
  await stack.operation.engine.exec(await stack.containerId('db-primary'), [
    'sh',
    '-c',
    'kill -STOP "$(head -n 1 "$PGDATA/postmaster.pid")"',
  ]);
  expect(await stack.halabJson('failover --promote')).toMatchObject({
    exitCode: 0,
    data: { promoted: 'db-replica', verified: true },
  });
  expect(await stack.sql('db-replica', 'SELECT stock FROM products WHERE id = 1')).toBe('3');
});

it('--max-lag refuses to lose what a dead primary holds, names it, and leaves everything as it was', async () => {
  await using stack = await startTestStack();
  await cutReplication(stack);
  await stack.sql('db-primary', `UPDATE products SET stock = 7 WHERE id <= 3`);
  await kill(stack, 'db-primary');
  const { exitCode, stderr } = await stack.halab('failover --promote --max-lag 0');
  expect(exitCode).toBe(4);
  expect(stderr).toContain('[REPLICA_BEHIND]');
  expect(stderr).toContain('1 transaction (public.products: 3 updated)');
  expect(await stateOf(stack, 'db-primary')).toBe('exited');
  expect(await stack.halab('start db-primary')).toMatchObject({ exitCode: 0 });
  expect(await stack.sql('db-primary', 'SELECT pg_is_in_recovery(), stock FROM products WHERE id = 3')).toBe(
    'f|7',
  );

  await kill(stack, 'db-primary');
  expect(await stack.halabJson('failover --promote --max-lag 16MB')).toMatchObject({ exitCode: 0 });
});

it('--max-lag 0 lets a failover through that loses nothing', async () => {
  await using stack = await startTestStack();
  await stack.sql('db-primary', `UPDATE products SET stock = 7 WHERE id <= 3`);
  await stack.halab('stop db-primary');
  expect(await stack.halabJson('failover --promote --max-lag 0')).toMatchObject({
    exitCode: 0,
    data: { promoted: 'db-replica', verified: true },
  });
  expect(await stack.sql('db-replica', 'SELECT count(*) FROM products WHERE stock = 7 AND id <= 3')).toBe(
    '3',
  );
});

it('fence refuses a replica and the only primary; with --force it stops that too', async () => {
  await using stack = await startTestStack();
  for (const [line, code, remedy] of [
    ['fence db-replica', 'NOT_A_PRIMARY', 'halab stop db-replica'],
    ['fence db-primary', 'ONLY_PRIMARY', 'halab failover --promote --force'],
    ['fence redis', 'NODE_NOT_FOUND', 'db-primary, db-replica'],
  ] as const) {
    const { exitCode, stderr } = await stack.halab(line);
    expect([line, exitCode]).toEqual([line, 4]);
    expect(stderr).toContain(`[${code}]`);
    expect(stderr).toContain(remedy);
  }
  await stack.untilHealthy();
  const fenced = { exitCode: 0, data: { after: 'exited', primary: null } };
  expect(await stack.halabJson('fence db-primary --force')).toMatchObject(fenced);
  expect(await stack.halabJson('fence db-primary')).toMatchObject(fenced);
  expect((await stack.halab('failover --promote')).exitCode).toBe(0);
});

it('--max-lag takes a number of bytes, and nothing else', async () => {
  await using stack = await planTestStack();
  const { exitCode, stderr } = await stack.halab('failover --promote --max-lag some');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('16kB');
});
