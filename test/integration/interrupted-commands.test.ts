import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { imageTag } from '../../src/stack/images.js';
import { containerName, label, stackLabels } from '../../src/stack/labels.js';
import { getNode, getStack } from '../../src/stack/stack.js';
import { spawnHalab } from '../support/halab-process.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { expectRepaired, killAt, primaryOf, writeReplicated } from './interrupted-fixture.js';

// One stack that every test finds healthy, whoever is the primary.
let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack[Symbol.asyncDispose]());

/** For commands of one step that is over at once: wherever they are by then. */
async function killAfter(line: string, ms: number): Promise<void> {
  const halab = spawnHalab([...line.split(' '), '--stack', stack.name]);
  await sleep(ms);
  halab.kill('SIGKILL');
  await halab;
}

const done = async (line: string): Promise<void> => {
  const { exitCode, stderr } = await stack.halab(line);
  expect({ line, exitCode, stderr }).toMatchObject({ exitCode: 0 });
};

const replicaOf = async (): Promise<string> =>
  (await primaryOf(stack)) === 'db-primary' ? 'db-replica' : 'db-primary';

it('a fault killed while it is injected is repaired', { timeout: 600_000 }, async () => {
  for (const fault of ['kill', 'stop', 'pause', 'crash', 'partition', 'lag', 'wipe']) {
    const sku = await writeReplicated(stack);
    const replica = await replicaOf();
    await killAt(stack, `fault ${fault} ${replica}`, `${fault} ${replica}`);
    await expectRepaired(stack, sku);
  }
});

it('a partition whose command died before it was in force does not come into force after the repair', async () => {
  const { engine } = stack.operation;
  const replica = getNode(await getStack(engine, stack.name), await replicaOf());
  const sidecar = await engine.createSidecar({
    name: `${containerName(stack.name, replica.name)}-partition-abandoned`,
    image: imageTag('haproxy'),
    labels: { ...stackLabels(stack.name), [label.networkFault]: replica.name },
    beside: { networkOf: replica.containerId },
    command: ['/usr/local/lib/halab/partition', 'both', '0'],
  });
  expect(await stack.halabJson('repair --yes')).toMatchObject({ exitCode: 0, data: { healthy: true } });
  await expect(engine.startContainer(sidecar)).rejects.toThrow();
  await stack.untilHealthy();
});

it('a heal killed while it ends a fault is repaired', { timeout: 600_000 }, async () => {
  for (const fault of ['kill', 'pause', 'partition', 'lag']) {
    const sku = await writeReplicated(stack);
    const replica = await replicaOf();
    await done(`fault ${fault} ${replica}`);
    await killAt(stack, 'heal', `heal ${replica}`);
    await expectRepaired(stack, sku);
  }
});

it('a repair killed at any of its steps goes on when it is run again', { timeout: 600_000 }, async () => {
  for (const step of ['point', 'inspect', 'follow', 'stream']) {
    const sku = await writeReplicated(stack);
    const replica = await replicaOf();
    await done(`fault kill ${await primaryOf(stack)}`);
    await done(`promote ${replica}`);
    await killAt(stack, 'repair --yes', step);
    await expectRepaired(stack, sku);
  }
  for (const step of ['fence', 'basebackup']) {
    const sku = await writeReplicated(stack);
    await stack.sql(await replicaOf(), 'SELECT pg_promote()');
    await killAt(stack, 'repair --yes', step);
    await expectRepaired(stack, sku);
  }
  for (const step of ['stop', 'rewind']) {
    const sku = await writeReplicated(stack);
    const [old, replica] = [await primaryOf(stack), await replicaOf()];
    await stack.sql(replica, 'SELECT pg_promote()');
    await stack.sql(old, `UPDATE products SET name = 'Past the fork' WHERE sku = '${sku}'`);
    await done(`proxy point ${replica}`);
    await killAt(stack, step === 'rewind' ? 'repair --yes' : `rejoin ${old} --yes`, step);
    await expectRepaired(stack, sku);
  }
});

it('a proxy point killed at either of its steps is repaired', { timeout: 600_000 }, async () => {
  for (const step of ['check', 'point']) {
    const sku = await writeReplicated(stack);
    const replica = await replicaOf();
    await done(`fault kill ${await primaryOf(stack)}`);
    await done(`promote ${replica}`);
    await killAt(stack, `proxy point ${replica}`, step);
    await expectRepaired(stack, sku);
  }
});

it.for([
  { line: 'promote', prepare: 'fault kill' },
  { line: 'fence', prepare: 'status' },
  { line: 'stop', prepare: 'status' },
  { line: 'restart', prepare: 'status' },
  { line: 'start', prepare: 'stop' },
])('$line killed anywhere is repaired', { timeout: 600_000 }, async ({ line, prepare }) => {
  for (const ms of [350, 600]) {
    const sku = await writeReplicated(stack);
    const [primary, replica] = [await primaryOf(stack), await replicaOf()];
    if (prepare !== 'status') await done(`${prepare} ${primary}`);
    const force = line === 'fence' ? ' --force' : '';
    await killAfter(`${line} ${line === 'promote' ? replica : primary}${force}`, ms);
    await expectRepaired(stack, sku);
  }
});
