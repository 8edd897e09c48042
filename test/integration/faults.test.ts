import { release } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../src/nodes/postgres/client.js';
import { openAccess } from '../../src/stack/access.js';
import { hasFeature, netem, readKernelSources } from '../../src/stack/kernel-features.js';
import type { Snapshot } from '../../src/stack/snapshot.js';
import { getNode, getStack } from '../../src/stack/stack.js';
import { spawnHalab } from '../support/halab-process.js';
import { planTestStack, startTestStack, type TestStack } from '../support/stack.js';
import { expectRepaired, writeReplicated } from './interrupted-fixture.js';

async function faultsOf(stack: TestStack): Promise<string[]> {
  const { data } = await stack.halabJson('faults');
  return (data as { faults: { fault: string; node: string }[] }).faults.map(
    ({ fault, node }) => `${fault} ${node}`,
  );
}

async function findingsOf(stack: TestStack): Promise<string[]> {
  const { data } = await stack.halabJson('status');
  return (data as Snapshot).findings.map(({ code }) => code);
}

const replayed = (stack: TestStack): Promise<string> =>
  stack.sql('db-replica', 'SELECT stock FROM products WHERE id = 1');

/** Whether a connection from one node to another is made within a second. */
async function connects(stack: TestStack, from: string, to: string): Promise<boolean> {
  const { exitCode } = await stack.operation.engine.exec(await stack.containerId(from), [
    'pg_isready',
    '--quiet',
    '--timeout=1',
    '--host',
    to,
  ]);
  return exitCode === 0;
}

const hasNetem = hasFeature(netem, readKernelSources(release())) === true;

describe('a fault', () => {
  // One stack: each test heals it, and leaves the roles as they are.
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack();
  });
  afterEach(() => stack.untilHealthy());
  afterAll(() => stack[Symbol.asyncDispose]());

  it('refuses what makes no sense, and changes nothing', async () => {
    for (const [line, code] of [
      ['fault kill nobody', 'NODE_NOT_FOUND'],
      ['fault crash redis', 'NODE_NOT_FOUND'],
      ['fault lag db-primary', 'NOT_A_REPLICA'],
      ['heal db-replica', 'NOTHING_TO_HEAL'],
      ['heal', 'NOTHING_TO_HEAL'],
      ['heal nobody', 'NODE_NOT_FOUND'],
    ] as const) {
      const { exitCode, stderr } = await stack.halab(line);
      expect([line, exitCode]).toEqual([line, 4]);
      expect(stderr).toContain(`[${code}]`);
    }
    await stack.untilHealthy();
    expect((await stack.halabJson('history')).data).toEqual({ entries: [] });
  });

  it.each([
    ['kill', 'db-replica', 'stopped', 'node-stopped'],
    ['pause', 'db-replica', 'pause', 'node-paused'],
    ['crash', 'db-primary', 'stopped', 'no-primary'],
    ['stop', 'redis', 'stopped', 'node-stopped'],
    ['pause', 'haproxy', 'pause', 'node-paused'],
  ] as const)('%s of %s is listed, told by status, and healed', async (fault, node, listed, finding) => {
    expect(await faultsOf(stack)).toEqual([]);
    expect(await stack.halabJson(`fault ${fault} ${node}`)).toMatchObject({
      exitCode: 0,
      data: {
        fault,
        node,
        heldMs: null,
        next: [expect.anything(), `halab heal ${node} --stack ${stack.name}`],
      },
    });
    expect(await faultsOf(stack)).toEqual([`${listed} ${node}`]);
    expect(await findingsOf(stack)).toContain(finding);
    const again = await stack.halab(`fault pause ${node}`);
    expect(again).toMatchObject({ exitCode: 4, stdout: '' });
    expect(again.stderr).toContain('[NODE_NOT_RUNNING]');

    expect(await stack.halabJson(`heal ${node}`)).toMatchObject({
      exitCode: 0,
      data: { healed: [{ fault: listed, node }] },
    });
    expect(await faultsOf(stack)).toEqual([]);
    await stack.untilHealthy();
  });

  it('a replica that replays nothing answers with old data, is told by status, and is healed', async () => {
    await stack.sql('db-primary', 'UPDATE products SET stock = 1 WHERE id = 1');
    await expect.poll(() => replayed(stack)).toBe('1');
    expect((await stack.halab('fault lag db-replica')).exitCode).toBe(0);
    await stack.sql('db-primary', 'UPDATE products SET stock = 2 WHERE id = 1');
    await expect
      .poll(() => stack.sql('db-replica', `SELECT pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()`))
      .toBe('t');
    expect(await replayed(stack)).toBe('1');
    expect(await faultsOf(stack)).toEqual(['lag db-replica']);
    expect(await findingsOf(stack)).toEqual(['replays-late']);
    const again = await stack.halab('fault lag db-replica --delay 5s');
    expect([again.exitCode, again.stderr]).toEqual([4, expect.stringContaining('[FAULT_IN_FORCE]')]);

    expect((await stack.halab('heal')).exitCode).toBe(0);
    await expect.poll(() => replayed(stack)).toBe('2');
    await stack.untilHealthy();
  });

  it('a wiped replica never starts empty, and gets its data again from the primary', async () => {
    await stack.sql('db-primary', 'UPDATE products SET stock = 4 WHERE id = 1');
    expect((await stack.halab('fault wipe db-replica')).exitCode).toBe(0);
    expect(await faultsOf(stack)).toEqual(['wipe db-replica']);
    await stack.operation.engine.startContainer(await stack.containerId('db-replica'));
    await expect.poll(() => faultsOf(stack), { timeout: 10_000 }).toEqual(['wipe db-replica']);
    expect((await stack.halab('logs db-replica')).stdout).toContain('the data directory is lost');

    expect((await stack.halab('heal db-replica')).exitCode).toBe(0);
    await stack.untilHealthy();
    expect(await replayed(stack)).toBe('4');
  });

  it('a node that is cut off from everybody reaches nobody and is reached by nobody, and lives', async () => {
    expect(await connects(stack, 'db-primary', 'db-replica')).toBe(true);
    expect((await stack.halab('fault partition db-primary')).exitCode).toBe(0);
    expect(await faultsOf(stack)).toEqual(['partition db-primary']);
    expect(await connects(stack, 'db-primary', 'db-replica')).toBe(false);
    expect(await connects(stack, 'db-replica', 'db-primary')).toBe(false);
    expect(await stack.operation.engine.containerState(await stack.containerId('db-primary'))).toBe(
      'running',
    );
    const found = await findingsOf(stack);
    expect(found).toContain('cut-off');
    expect(found).toContain('node-silent');
    const again = await stack.halab('fault partition db-primary --from db-replica');
    expect([again.exitCode, again.stderr]).toEqual([4, expect.stringContaining('[FAULT_IN_FORCE]')]);

    expect((await stack.halab('heal db-primary')).exitCode).toBe(0);
    expect(await faultsOf(stack)).toEqual([]);
    expect(await connects(stack, 'db-replica', 'db-primary')).toBe(true);
    await stack.untilHealthy();
  });

  it('a partition between two nodes cuts their open connections, and leaves others alone', async () => {
    expect((await stack.halab('fault partition db-replica --from db-primary')).exitCode).toBe(0);
    await stack.sql('db-primary', 'UPDATE products SET stock = 6 WHERE id = 1');
    expect(await replayed(stack)).not.toBe('6');
    expect(await connects(stack, 'db-replica', 'db-primary')).toBe(false);
    const { data } = await stack.halabJson('status');
    expect((data as Snapshot).findings).toContainEqual(
      expect.objectContaining({ code: 'cut-off', message: 'db-replica is cut off from db-primary.' }),
    );
    // A call that nobody answers is given up after 2 s, where the kernel goes on for two minutes.
    await expect
      .poll(async () => (await stack.halab('logs db-replica -n 20')).stdout, {
        timeout: 30_000,
        interval: 500,
      })
      .toMatch(/could not connect to the primary server: .* Connection timed out/);
    expect((await stack.halab('repair')).exitCode).toBe(0);
    await expect.poll(() => replayed(stack), { timeout: 20_000 }).toBe('6');
  });

  it('one way is enough for no connection: the question or the answer gets lost', async () => {
    for (const way of ['in', 'out']) {
      expect((await stack.halab(`fault partition db-replica --from db-primary --way ${way}`)).exitCode).toBe(
        0,
      );
      expect(await connects(stack, 'db-replica', 'db-primary')).toBe(false);
      expect((await stack.halab('heal')).exitCode).toBe(0);
      expect(await connects(stack, 'db-replica', 'db-primary')).toBe(true);
    }
  });

  it('a partition ends with its node: one that was started again is not cut off', async () => {
    expect((await stack.halab('fault partition db-replica')).exitCode).toBe(0);
    expect((await stack.halab('restart db-replica')).exitCode).toBe(0);
    await expect.poll(() => faultsOf(stack), { timeout: 10_000 }).toEqual([]);
    await stack.untilHealthy();
  });

  it('a slow node answers late, and is healed; where the kernel has no netem, slow says so and leaves nothing', async () => {
    const { exitCode, stderr } = await stack.halab('fault slow db-replica --delay 700ms');
    if (!hasNetem) {
      process.stderr.write(
        'SKIPPED: a slow node answers late: the kernel of this machine has no sch_netem\n',
      );
      expect([exitCode, stderr]).toEqual([6, expect.stringContaining('[KERNEL_LACKS]')]);
      expect(stderr).toContain('the kernel has no netem');
      expect(await faultsOf(stack)).toEqual([]);
      await stack.untilHealthy();
      return;
    }
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(await faultsOf(stack)).toEqual(['slow db-replica']);
    expect(await findingsOf(stack)).toContain('slow');
    const startMs = performance.now();
    await connects(stack, 'db-replica', 'db-primary');
    expect(performance.now() - startMs).toBeGreaterThan(700);
    expect((await stack.halab('heal')).exitCode).toBe(0);
    await stack.untilHealthy();
  });

  it('a look at a server that is frozen meanwhile comes to an end', async () => {
    const { engine } = stack.operation;
    const found = await getStack(engine, stack.name);
    const address = (await openAccess(engine, found)).postgres(getNode(found, 'db-replica'), 'monitor');
    const session = await openSession(address);
    await session.query('SELECT 1');
    expect((await stack.halab('fault pause db-replica')).exitCode).toBe(0);
    await session[Symbol.asyncDispose]();
    expect((await stack.halab('heal')).exitCode).toBe(0);
  });

  it('--for holds a fault that long and heals it; Ctrl-C heals it at once', async () => {
    const held = await stack.halabJson('fault pause db-replica --for 300ms');
    expect(held).toMatchObject({ exitCode: 0, data: { fault: 'pause' } });
    expect((held.data as { heldMs: number }).heldMs).toBeGreaterThanOrEqual(300);
    await stack.untilHealthy();

    const holding = spawnHalab(['fault', 'pause', 'db-replica', '--for', '10m', '--stack', stack.name]);
    await expect.poll(() => faultsOf(stack), { timeout: 20_000 }).toEqual(['pause db-replica']);
    holding.kill('SIGINT');
    expect((await holding).exitCode).toBe(5);
    expect(await faultsOf(stack)).toEqual([]);
  });

  it('a volume without a limit is never filled: it would be the disk of the engine', async () => {
    const { exitCode, stderr } = await stack.halab('fault fill db-replica');
    expect([exitCode, stderr]).toEqual([4, expect.stringContaining('[NO_DISK_LIMIT]')]);
  });
});

it('a replica that replays late is promoted with all that it received', async () => {
  await using stack = await startTestStack();
  expect((await stack.halab('fault lag db-replica --delay 1h')).exitCode).toBe(0);
  await stack.sql('db-primary', 'UPDATE products SET stock = 3 WHERE id = 1');
  expect((await stack.halab('fault kill db-primary')).exitCode).toBe(0);
  expect((await stack.halab('failover --promote')).exitCode).toBe(0);
  expect(await replayed(stack)).toBe('3');
  expect(await stack.sql('db-replica', 'SHOW recovery_min_apply_delay')).toBe('0');
});

it('a wiped primary is replaced by a failover, and comes back as a replica', async () => {
  await using stack = await startTestStack();
  await stack.sql('db-primary', 'UPDATE products SET stock = 5 WHERE id = 1');
  expect((await stack.halab('fault wipe db-primary')).exitCode).toBe(0);
  const refused = await stack.halab('failover --promote --max-lag 0');
  expect([refused.exitCode, refused.stderr]).toEqual([4, expect.stringContaining('cannot be read')]);
  expect((await stack.halab('failover --promote')).exitCode).toBe(0);
  expect(await faultsOf(stack)).toEqual(['wipe db-primary']);
  expect((await stack.halab('heal')).exitCode).toBe(0);
  await stack.untilHealthy();
  expect(await stack.sql('db-primary', 'SELECT pg_is_in_recovery(), stock FROM products WHERE id = 1')).toBe(
    't|5',
  );
});

it('a full disk ends the server, and is told from other ends; heal gives the room back, and nothing is lost', async () => {
  await using stack = await planTestStack();
  expect((await stack.halab('up --disk-limit 256MB --ports auto')).exitCode).toBe(0);
  const sku = await writeReplicated(stack);
  expect((await stack.halab('fault fill db-primary')).exitCode).toBe(0);
  expect(await faultsOf(stack)).toContain('fill db-primary');
  const again = await stack.halab('fault fill db-primary');
  expect([again.exitCode, again.stderr]).toEqual([4, expect.stringContaining('[FAULT_IN_FORCE]')]);
  // Until no WAL file is left that could be used again.
  const fillWal = `CREATE TABLE big AS SELECT repeat('x', 7000) AS text FROM generate_series(1, 40000)`;
  await stack.sql('db-primary', fillWal).catch(() => undefined);
  await expect(stack.sql('db-primary', fillWal)).rejects.toThrow();
  expect((await stack.halab('heal')).exitCode).toBe(0);
  expect(await faultsOf(stack)).toEqual([]);
  await expectRepaired(stack, sku);

  expect((await stack.halab('fault fill db-replica')).exitCode).toBe(0);
  await expectRepaired(stack, sku);

  // The data is there as long as the stack is, whatever is stopped.
  for (const node of ['db-primary', 'db-replica']) await stack.halab(`restart ${node}`);
  await expectRepaired(stack, sku);
  const kept = await stack.halab('down --keep-data');
  expect([kept.exitCode, kept.stderr]).toEqual([4, expect.stringContaining('[DISKS_IN_MEMORY]')]);
});
