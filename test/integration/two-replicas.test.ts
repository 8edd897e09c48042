import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/stack/snapshot.js';
import { planTestStack, type TestStack } from '../support/stack.js';
import { expectRepaired, killAt, primaryOf, writeReplicated } from './interrupted-fixture.js';

// One stack that every test finds healthy, whoever is the primary.
let stack: TestStack;
beforeAll(async () => {
  stack = await planTestStack();
  await done('up --replicas 2 --ports auto');
});
afterAll(() => stack[Symbol.asyncDispose]());

async function done(line: string): Promise<unknown> {
  const { exitCode, data } = await stack.halabJson(line);
  expect(exitCode, JSON.stringify(data)).toBe(0);
  return data;
}

const status = async (): Promise<Snapshot> => (await stack.halabJson('status')).data as Snapshot;

async function replicas(): Promise<string[]> {
  const primary = await primaryOf(stack);
  return (await status()).nodes
    .filter(({ name, kind }) => kind === 'postgres' && name !== primary)
    .map(({ name }) => name);
}

const startedAt = (node: string): Promise<string> => stack.sql(node, 'SELECT pg_postmaster_start_time()');

describe('with two replicas', () => {
  it('a switchover swaps two of them, and the third follows the new primary without a restart', async () => {
    const old = await primaryOf(stack);
    const [candidate = '', third = ''] = await replicas();
    const before = await startedAt(third);
    expect(await done(`switchover ${candidate}`)).toMatchObject({ primary: candidate, replica: old });
    await stack.untilHealthy();
    expect(await startedAt(third)).toBe(before);
    await writeReplicated(stack);
  });

  it('a switchover leaves a stopped replica alone, and it follows when it is started', async () => {
    const old = await primaryOf(stack);
    const [candidate = '', third = ''] = await replicas();
    await done(`stop ${third}`);
    expect(await done(`switchover ${candidate}`)).toMatchObject({ primary: candidate, replica: old });
    await done(`start ${third}`);
    await stack.untilHealthy();
    await writeReplicated(stack);
  });

  it('a switchover is refused while a replica hangs: it would be stopped, and the writes wait for that', async () => {
    const old = await primaryOf(stack);
    const [candidate = '', third = ''] = await replicas();
    await done(`fault pause ${third}`);
    const { exitCode, stderr } = await stack.halab(`switchover ${candidate}`);
    expect([exitCode, stderr]).toEqual([4, expect.stringContaining('[NODE_NOT_RUNNING]')]);
    expect(stderr).toContain(third);
    await done(`heal ${third}`);
    await stack.untilHealthy();
    expect(await primaryOf(stack)).toBe(old);
  });

  it('a failover goes on without a replica that is cut off, and heal and repair bring both back', async () => {
    const old = await primaryOf(stack);
    const [, third = ''] = await replicas();
    const sku = await writeReplicated(stack);
    await done(`fault partition ${third}`);
    await done(`fault kill ${old}`);
    await done('failover --promote');
    await expectRepaired(stack, sku);
  });

  it('repair promotes one where the primary is fenced and its data lost, and both others follow', async () => {
    const old = await primaryOf(stack);
    const sku = await writeReplicated(stack);
    await done(`fault wipe ${old}`);
    const { data } = await stack.halabJson('repair --yes');
    const { steps } = data as { steps: { action: string; node: string }[] };
    expect(steps.map(({ action }) => action)).toEqual(['failover', 'rejoin']);
    expect(steps[0]?.node).toBe(await primaryOf(stack));
    expect(steps[1]?.node).toBe(old);
    await expectRepaired(stack, sku);
  });

  it.for(['primary', 'replica', 'haproxy', 'redis'])(
    'repair makes the container of the %s again when somebody removed it, on the volume that is left',
    async (part) => {
      const sku = await writeReplicated(stack);
      const [replica = ''] = await replicas();
      const name = { primary: await primaryOf(stack), replica }[part] ?? part;
      await stack.operation.engine.removeContainer(await stack.containerId(name));
      const { data } = await stack.halabJson('repair --yes');
      expect((data as { steps: object[] }).steps[0]).toMatchObject({ action: 'create', node: name });
      await expectRepaired(stack, sku);
    },
  );

  it.for(['failover --promote --force', 'switchover'])(
    '%s killed while the third is told to follow is repaired',
    async (line) => {
      const sku = await writeReplicated(stack);
      await killAt(stack, line, 'follow new primary');
      await expectRepaired(stack, sku);
    },
  );

  it.for(['start', 'copy', 'balance'])(
    'replica add killed at its step "%s" goes on when it is run again',
    async (step) => {
      const sku = await writeReplicated(stack);
      await killAt(stack, 'replica add extra', step);
      await done((await status()).nodes.some(({ name }) => name === 'extra') ? 'up' : 'replica add extra');
      await expectRepaired(stack, sku);
      await killAt(stack, 'replica remove extra', step === 'balance' ? 'balance' : 'remove');
      if ((await status()).nodes.some(({ name }) => name === 'extra')) await done('replica remove extra');
      await expectRepaired(stack, sku);
      expect(
        await stack.sql(await primaryOf(stack), 'SELECT slot_name FROM pg_replication_slots'),
      ).not.toContain('extra');
    },
  );
});
