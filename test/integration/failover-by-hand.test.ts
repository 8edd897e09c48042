import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Snapshot } from '../../src/stack/snapshot.js';
import { getStack } from '../../src/stack/stack.js';
import { startTestStack, type TestStack } from '../support/stack.js';

// One stack that every test finds as the one before left it: a lab session, typed command by command.
let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack[Symbol.asyncDispose]());

async function status(): Promise<{ exitCode: number; codes: string[]; hints: string[]; seen: Snapshot }> {
  const { exitCode, data } = await stack.halabJson('status');
  const seen = data as Snapshot;
  return {
    exitCode,
    codes: seen.findings.map(({ code }) => code),
    hints: seen.findings.map(({ hint }) => hint),
    seen,
  };
}

/** What an operator could compare before and after: states, roles, timelines, haproxy.cfg, slots. */
async function picture(): Promise<unknown> {
  const { nodes } = await getStack(stack.operation.engine, stack.name);
  const { seen } = await status();
  return {
    containers: nodes.map(({ containerId, state }) => ({ containerId, state })),
    roles: seen.nodes.map(({ name, role, timeline }) => ({ name, role, timeline })),
    proxy: seen.proxy,
    config: (await stack.halab('exec haproxy', { passedOn: ['cat', '/etc/haproxy/haproxy.cfg'] })).stdout,
    slots: await stack.sql('db-primary', 'SELECT slot_name FROM pg_replication_slots'),
  };
}

/** The node that a write through the proxy reaches. */
async function writeThroughProxy(): Promise<string> {
  const { stdout, exitCode } = await stack.halab('psql', {
    passedOn: ['-XqAt', '-c', `UPDATE products SET stock = stock WHERE id = 1; SHOW cluster_name`],
  });
  expect(exitCode).toBe(0);
  return stdout.trim();
}

describe('a healthy stack', () => {
  it.each([
    ['promote db-replica', 'PRIMARY_ALIVE', 'halab stop db-primary'],
    ['promote db-primary', 'NOT_A_REPLICA', 'halab proxy point db-primary'],
    ['promote redis', 'NODE_NOT_FOUND', 'The nodes are: db-primary, db-replica'],
    ['promote nobody', 'NODE_NOT_FOUND', 'The nodes are: db-primary, db-replica'],
    ['proxy point db-replica', 'NOT_A_PRIMARY', 'halab promote db-replica'],
    ['proxy point nobody', 'NODE_NOT_FOUND', 'The nodes are: db-primary, db-replica'],
    ['failover --promote nobody', 'NODE_NOT_FOUND', 'The nodes are: db-primary, db-replica'],
    ['stop nobody', 'NODE_NOT_FOUND', 'The nodes are: db-primary, db-replica, haproxy, redis'],
  ])('halab %s is refused with %s, and nothing is changed', async (line, code, remedy) => {
    const before = await picture();
    const { exitCode, stderr, stdout } = await stack.halab(line);
    expect(exitCode).toBe(4);
    expect(stdout).toBe('');
    expect(stderr).toContain(`[${code}]`);
    expect(stderr).toContain(remedy);
    expect(await picture()).toEqual(before);
  });

  it('failover --dry-run prints the commands, and nothing is changed', async () => {
    const before = await picture();
    const { exitCode, stdout } = await stack.halab('failover --promote --force --dry-run');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`docker stop ${stack.name}-db-primary`);
    expect(stdout).toContain('pg_ctl promote');
    expect(stdout).toContain('kill -USR2 1');
    const { data } = await stack.halabJson('failover --promote --force --dry-run');
    const { steps } = data as { steps: { name: string }[] };
    const order = steps.map(({ name }) => name);
    expect(order.slice(0, 2)).toEqual(['check haproxy.cfg', 'stop old primary']);
    expect(order.filter((name) => ['promote', 'point proxy', 'verify'].includes(name))).toEqual([
      'promote',
      'point proxy',
      'verify',
    ]);
    expect(order).toContain('fence old primary');
    expect(await picture()).toEqual(before);
  });
});

describe('a failover by hand', () => {
  it('begins with the stop of the primary: status finds no primary, and names the failover', async () => {
    const stopped = await stack.halab('stop db-primary');
    expect(stopped.exitCode).toBe(0);
    expect(stopped.stdout).toContain(`halab failover --promote --stack ${stack.name}`);
    const { exitCode, codes, hints } = await status();
    expect(exitCode).toBe(3);
    expect(codes).toEqual(['no-primary', 'proxy-target-down', 'node-stopped']);
    expect(hints[0]).toBe(`halab failover --promote db-replica --stack ${stack.name}`);
  });

  // The DNS outside says "Name or service not known", when it answers at all.
  it('asks nobody outside for the dead node: the engine says that the name has no address', async () => {
    await vi.waitFor(async () => {
      const { stdout } = await stack.halab('logs db-replica -n 3');
      expect(stdout).toContain('"db-primary" to address: No address associated with hostname');
    }, 10_000);
  });

  it('goes on with the promotion: status finds the proxy pointing at the old node', async () => {
    expect(await stack.halabJson('promote db-replica')).toMatchObject({
      exitCode: 0,
      data: {
        promoted: 'db-replica',
        fenced: ['db-primary'],
        timeline: { before: 1, after: 2 },
        next: [`halab proxy point db-replica --stack ${stack.name}`],
      },
    });
    const { exitCode, codes, hints, seen } = await status();
    expect(exitCode).toBe(3);
    expect(codes).toEqual(['proxy-target-down', 'role-differs', 'node-stopped', 'no-redundancy']);
    expect(hints[0]).toBe(`halab proxy point db-replica --stack ${stack.name}`);
    expect(seen.nodes[1]).toMatchObject({ role: { expected: 'replica', found: 'primary' }, timeline: 2 });
  });

  it('ends with the proxy: a write reaches the promoted node, and only the redundancy is missing', async () => {
    expect(await stack.halabJson('proxy point db-replica')).toMatchObject({
      exitCode: 0,
      data: {
        writesTo: { before: 'db-primary', after: 'db-replica' },
        haproxy: { action: 'reload' },
        verified: true,
      },
    });
    expect(await writeThroughProxy()).toBe('db-replica');
    const { exitCode, codes, seen } = await status();
    expect(exitCode).toBe(3);
    expect(codes).toEqual(['node-stopped', 'no-redundancy']);
    expect(seen.proxy).toMatchObject({ configured: 'db-replica', reached: 'db-replica', state: 'up' });
  });

  it('the old primary comes back as a replica that follows, and status finds nothing wrong', async () => {
    expect(await stack.halabJson('start db-primary')).toMatchObject({
      exitCode: 0,
      data: { after: 'running', role: 'replica' },
    });
    await stack.untilHealthy();
    const { exitCode, seen } = await status();
    expect(exitCode).toBe(0);
    expect(seen.nodes[0]).toMatchObject({
      role: { expected: 'replica', found: 'replica' },
      timeline: 2,
      replication: { state: 'streaming' },
    });
  });
});

describe('the way back', () => {
  it('is one command; with a restart of HAProxy too a write is verified', async () => {
    const { exitCode, data } = await stack.halabJson(
      'failover --promote db-primary --force --haproxy restart',
    );
    expect(exitCode).toBe(0);
    expect(data).toMatchObject({
      promoted: 'db-primary',
      fenced: ['db-replica'],
      timeline: { before: 2, after: 3 },
      haproxy: { action: 'restart' },
      verified: true,
      redundancy: { streamingReplicas: 0 },
      next: [`halab status --stack ${stack.name}`, `halab rejoin db-replica --stack ${stack.name}`],
    });
    const { phases } = data as { phases: { name: string; startMs: number; durationMs: number }[] };
    for (const { name, startMs, durationMs } of phases) {
      expect(startMs, name).toBeGreaterThanOrEqual(0);
      expect(durationMs, name).toBeGreaterThan(0);
    }
    expect(await writeThroughProxy()).toBe('db-primary');
  });

  it('failover is refused while no replica runs, and the primary goes on', async () => {
    for (const [line, code] of [
      ['failover --promote', 'NO_REPLICA'],
      ['failover --promote db-replica', 'NODE_NOT_RUNNING'],
      ['promote db-replica', 'NODE_NOT_RUNNING'],
    ] as const) {
      const { exitCode, stderr } = await stack.halab(line);
      expect(exitCode, line).toBe(4);
      expect(stderr, line).toContain(`[${code}]`);
    }
    expect(await writeThroughProxy()).toBe('db-primary');
  });

  it('a replica that was away catches up through its slot', async () => {
    await stack.sql('db-primary', `UPDATE products SET stock = 4711 WHERE id = 2`);
    expect(await stack.halabJson('start db-replica')).toMatchObject({
      exitCode: 0,
      data: { role: 'replica' },
    });
    await stack.untilHealthy();
    await expect
      .poll(() => stack.sql('db-replica', 'SELECT stock FROM products WHERE id = 2'), { timeout: 10_000 })
      .toBe('4711');
  });

  it('the proxy restarts onto the node it names already, and a write is verified', async () => {
    expect(await stack.halabJson('proxy point db-primary --haproxy restart')).toMatchObject({
      exitCode: 0,
      data: { haproxy: { action: 'restart' }, verified: true },
    });
    expect(await writeThroughProxy()).toBe('db-primary');
  });

  it('--force points the proxy at a replica, and status says what it costs', async () => {
    expect(await stack.halabJson('proxy point db-replica --force')).toMatchObject({
      exitCode: 0,
      data: { verified: false },
    });
    const { exitCode, codes } = await status();
    expect(exitCode).toBe(3);
    expect(codes).toContain('role-differs');
    expect((await stack.halab('proxy point db-primary')).exitCode).toBe(0);
    await stack.untilHealthy();
  });
});
