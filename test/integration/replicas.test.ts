import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FailoverResult } from '../../src/failover/failover.js';
import type { RemoveReplicaResult } from '../../src/failover/remove-replica.js';
import { queryOnce } from '../../src/nodes/postgres/client.js';
import { openAccess } from '../../src/stack/access.js';
import type { Snapshot } from '../../src/stack/snapshot.js';
import { getStack } from '../../src/stack/stack.js';
import type { UpResult } from '../../src/stack/up.js';
import { planTestStack, type TestStack } from '../support/stack.js';

// One stack that every test finds as the one before left it.
let stack: TestStack;
beforeAll(async () => {
  stack = await planTestStack();
  await done('up --replicas 2 --ports auto');
});
afterAll(() => stack[Symbol.asyncDispose]());

const wait = { timeout: 20_000, interval: 50 };

/** What a command that succeeds prints with --json. */
async function done(line: string): Promise<unknown> {
  const { exitCode, data } = await stack.halabJson(line);
  expect(exitCode, JSON.stringify(data)).toBe(0);
  return data;
}

const status = async (): Promise<Snapshot> => (await stack.halabJson('status')).data as Snapshot;
const replicaNames = ({ nodes }: Snapshot): string[] =>
  nodes.filter(({ role }) => role?.found === 'replica').map(({ name }) => name);

/** The servers that so many sessions through the port for reads reached, each once. */
async function readFrom(sessions = 6): Promise<string[]> {
  const { engine } = stack.operation;
  const found = await getStack(engine, stack.name);
  const reads = (await openAccess(engine, found)).reads('app');
  if (reads === undefined) throw new Error('There is no port for reads.');
  const nodes = new Set<string>();
  for (let session = 0; session < sessions; session += 1) {
    const [row] = await queryOnce<{ node: string }>(reads, `SELECT current_setting('cluster_name') AS node`);
    nodes.add(row?.node ?? 'none');
  }
  return [...nodes].sort();
}

const slots = async (node: string): Promise<string[]> =>
  (await stack.sql(node, 'SELECT slot_name FROM pg_replication_slots WHERE active ORDER BY 1')).split('\n');

const container = (node: string): Promise<string> => stack.containerId(node);

describe('a stack with two replicas', () => {
  it('has both streaming, each through a slot of its own, and every command shows them', async () => {
    await stack.untilHealthy();
    expect(replicaNames(await status())).toEqual(['db-replica', 'db-replica-2']);
    expect(await slots('db-primary')).toEqual(['db_replica', 'db_replica_2']);
    expect((await stack.halab('lag')).stdout).toContain('db-replica-2');
    expect((await stack.halab('env')).stdout).toContain('HALAB_NODE_DB_REPLICA_2_URL');
  });

  it('spreads reads over them', async () => {
    await expect.poll(() => readFrom(), wait).toEqual(['db-replica', 'db-replica-2']);
  });

  it('takes a replica that hangs away from reads, and gives it back', async () => {
    const { engine } = stack.operation;
    const replica = await container('db-replica');
    await engine.exec(replica, ['sh', '-c', 'kill -STOP $(head -1 $PGDATA/postmaster.pid)']);
    await expect.poll(() => readFrom().catch(String), wait).toEqual(['db-replica-2']);
    await engine.exec(replica, ['sh', '-c', 'kill -CONT $(head -1 $PGDATA/postmaster.pid)']);
    await expect.poll(() => readFrom(), wait).toEqual(['db-replica', 'db-replica-2']);
  });

  it('reads from the primary when no replica is left, and from a replica as soon as one is back', async () => {
    for (const replica of ['db-replica', 'db-replica-2']) await done(`stop ${replica}`);
    await expect.poll(() => readFrom(), wait).toEqual(['db-primary']);
    await done('start db-replica');
    await expect.poll(() => readFrom(), wait).toEqual(['db-replica']);
    await done('start db-replica-2');
    await stack.untilHealthy();
  });
});

describe('up on a stack that runs', () => {
  it('keeps the replicas that it has', async () => {
    expect(await done('up')).toMatchObject({ created: [], started: [] });
  });

  it('refuses fewer, and names the command that removes one', async () => {
    const { exitCode, stderr } = await stack.halab('up --replicas 1');
    expect(exitCode).toBe(4);
    expect(stderr).toContain('[STACK_EXISTS]');
    expect(stderr).toContain('halab replica remove NODE');
  });

  it('adds those that are missing, as copies of the primary as it is now', async () => {
    await stack.sql('db-primary', `INSERT INTO products (sku, name, price) VALUES ('ADDED', 'x', 1)`);
    const { created, verification } = (await done('up --replicas 3')) as UpResult;
    expect(created).toEqual(['db-replica-3']);
    expect(verification.replayedOn).toEqual(['db-replica', 'db-replica-2', 'db-replica-3']);
    expect(await stack.sql('db-replica-3', `SELECT count(*) FROM products WHERE sku = 'ADDED'`)).toBe('1');
    await stack.untilHealthy();
    expect(await slots('db-primary')).toEqual(['db_replica', 'db_replica_2', 'db_replica_3']);
    await expect.poll(() => readFrom(9), wait).toEqual(['db-replica', 'db-replica-2', 'db-replica-3']);
  });
});

const kill = async (node: string): Promise<void> =>
  stack.operation.engine.signalContainer(await container(node), 'SIGKILL');

/** A replica that gets no more WAL from now on. */
async function cutOff(replica: string): Promise<void> {
  await stack.sql(replica, `ALTER SYSTEM SET primary_conninfo = ''`);
  await stack.sql(replica, 'SELECT pg_reload_conf()');
  await expect.poll(() => stack.sql(replica, 'SELECT count(*) FROM pg_stat_wal_receiver'), wait).toBe('0');
}

const inserted = (sku: string): string => `INSERT INTO products (sku, name, price) VALUES ('${sku}', 'x', 1)`;
const count = (node: string, sku: string): Promise<string> =>
  stack.sql(node, `SELECT count(*) FROM products WHERE sku = '${sku}'`);
const startedAt = (node: string): Promise<string> => stack.sql(node, 'SELECT pg_postmaster_start_time()');

describe('a failover with several replicas', () => {
  it('promotes the one that received the most; the others follow it without a restart', async () => {
    await cutOff('db-replica');
    await stack.sql('db-primary', inserted('MOST'));
    await expect.poll(() => count('db-replica-2', 'MOST'), wait).toBe('1');
    await cutOff('db-replica-3');
    const before = await Promise.all(['db-replica', 'db-replica-3'].map(startedAt));
    await kill('db-primary');

    const plan = await stack.halab('failover --promote --dry-run');
    expect(plan.stdout).toContain('docker stop');
    expect(plan.stdout).not.toMatch(/docker stop .*db-replica/);
    const result = (await done('failover --promote')) as FailoverResult;
    expect(result).toMatchObject({
      promoted: expect.stringMatching(/^db-replica-[23]$/) as string,
      fenced: ['db-primary'],
      redundancy: { streamingReplicas: 2, diverged: [] },
      next: [`halab status --stack ${stack.name}`, `halab rejoin db-primary --stack ${stack.name}`],
    });
    const phases = result.phases.map(({ name }) => name);
    expect(phases.indexOf('follow new primary')).toBeGreaterThan(phases.indexOf('verify'));
    const other = result.promoted === 'db-replica-2' ? 'db-replica-3' : 'db-replica-2';
    await expect.poll(() => count('db-replica', 'MOST'), wait).toBe('1');
    await expect.poll(() => readFrom(), wait).toEqual(['db-replica', other]);
    expect(await startedAt('db-replica')).toBe(before[0]);
    if (other === 'db-replica-3') expect(await startedAt(other)).toBe(before[1]);

    await done('rejoin db-primary --yes');
    await stack.untilHealthy();
    expect(await slots(result.promoted)).toHaveLength(3);
  });

  it('tells a replica that is ahead of the one that was named, and rejoin brings it back', async () => {
    const seen = await status();
    const primary = seen.proxy?.writesTo ?? '';
    const [named = '', ahead = '', third = ''] = replicaNames(seen);
    await cutOff(named);
    await cutOff(third);
    await stack.sql(primary, inserted('AHEAD'));
    await expect.poll(() => count(ahead, 'AHEAD'), wait).toBe('1');
    await kill(primary);

    const { redundancy, next } = (await done(`failover --promote ${named}`)) as FailoverResult;
    expect(redundancy).toEqual({ streamingReplicas: 1, diverged: [ahead] });
    expect(next).toContain(`halab rejoin ${ahead} --stack ${stack.name}`);
    const finding = (await status()).findings.find(({ code }) => code === 'diverged');
    expect(finding).toMatchObject({ message: expect.stringContaining(ahead) as string });

    expect((await stack.halab(`rejoin ${ahead}`)).stderr).toContain('[WOULD_DISCARD]');
    await done(`rejoin ${ahead} --yes`);
    await done(`rejoin ${primary} --yes`);
    await stack.untilHealthy();
    expect(await count(ahead, 'AHEAD')).toBe('0');
  });
});

describe('replica add and remove', () => {
  it('adds one that streams, is read from, and is kept by up', async () => {
    const primary = (await status()).proxy?.writesTo ?? '';
    expect(await done('replica add reports')).toMatchObject({
      added: 'reports',
      primary,
      streamingReplicas: 4,
      next: [`halab status --stack ${stack.name}`],
    });
    await stack.untilHealthy();
    expect(await slots(primary)).toContain('reports');
    await expect.poll(() => readFrom(12), wait).toContain('reports');
    expect(await done('up')).toMatchObject({ created: [], started: [] });
  });

  it('removes one with its slot, its data and its reads, for good', async () => {
    const primary = (await status()).proxy?.writesTo ?? '';
    const { replicasLeft } = (await done('replica remove reports')) as RemoveReplicaResult;
    expect(replicasLeft).toHaveLength(3);
    await stack.untilHealthy();
    expect(await stack.sql(primary, 'SELECT slot_name FROM pg_replication_slots')).not.toContain('reports');
    expect(
      (await stack.halab('exec haproxy', { passedOn: ['cat', '/etc/haproxy/haproxy.cfg'] })).stdout,
    ).not.toContain('reports');
    expect(await done('up')).toMatchObject({ created: [] });
  });

  it('refuses the primary, names that are not there, are taken, or are none', async () => {
    const primary = (await status()).proxy?.writesTo ?? '';
    for (const [line, code, exit] of [
      [`replica remove ${primary}`, 'REMOVE_PRIMARY', 4],
      ['replica remove nobody', 'NODE_NOT_FOUND', 4],
      ['replica remove redis', 'NODE_NOT_FOUND', 4],
      ['replica add db-primary', 'NODE_EXISTS', 4],
      ['replica add redis', 'NODE_EXISTS', 4],
      ['replica add Capital', 'USAGE', 2],
    ] as const) {
      const { exitCode, stderr } = await stack.halab(line);
      expect([line, exitCode]).toEqual([line, exit]);
      expect(stderr).toContain(`[${code}]`);
    }
    await stack.untilHealthy();
  });

  it('removes the last one too, and says that the redundancy is gone', async () => {
    const [first = '', second = '', last = ''] = replicaNames(await status());
    for (const replica of [first, second]) await done(`replica remove ${replica}`);
    const { exitCode, stdout } = await stack.halab(`replica remove ${last}`);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('there is no redundancy left');
    expect((await status()).findings.map(({ code }) => code)).toEqual(['no-redundancy']);
    const [primary] = await readFrom();
    expect(primary).toBe((await status()).proxy?.writesTo);
    await done('replica add');
    await stack.untilHealthy();
  });
});
