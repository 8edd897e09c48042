import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { label } from '../../src/stack/labels.js';
import type { StackSummary } from '../../src/stack/list.js';
import { isFree } from '../../src/stack/ports.js';
import { planTestStack, startTestStack, type TestStack } from '../support/stack.js';

const everyNode = ['db-primary', 'db-replica', 'haproxy', 'redis'];

/** How many containers, volumes and networks a stack has on the engine. */
async function countParts({ name, operation: { engine } }: TestStack): Promise<number[]> {
  const ofStack = { [label.stack]: name };
  const parts = await Promise.all([
    engine.listContainers(ofStack),
    engine.listVolumes(ofStack),
    engine.listNetworks(ofStack),
  ]);
  return parts.map(({ length }) => length);
}

/** An offset that moves every port of the classic topology to one that is free. */
async function freeOffset(): Promise<number> {
  for (;;) {
    const offset = randomInt(10_000, 25_000);
    const ports = [3000, 5432, 5433, 5439, 6379].map((port) => port + offset);
    const free = await Promise.all(ports.map((port) => isFree(port, '127.0.0.1')));
    if (!free.includes(false)) return offset;
  }
}

const passwordOf = (url: string): string => new URL(url).password;
const insert = (stack: TestStack, sku: string): Promise<{ exitCode: number }> =>
  stack.halab('psql', {
    passedOn: ['-c', `INSERT INTO products (sku, name, price) VALUES ('${sku}', 'Kept', 1)`],
  });
const countSku = (stack: TestStack, node: string, sku: string): Promise<string> =>
  stack.sql(node, `SELECT count(*) FROM products WHERE sku = '${sku}'`);

describe('up, typed again', () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack();
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  it('does nothing on a stack that runs, and says so; starts what is stopped, and names it', async () => {
    const { endpoints } = stack;
    const before = await endpoints();

    const again = await stack.halab('up');
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.stdout).toContain('Nothing to do: every node ran already.');
    expect(await stack.halabJson('up')).toMatchObject({
      exitCode: 0,
      data: { created: [], started: [], leftStopped: [], verification: { redis: true } },
    });

    expect(await stack.halabJson('stop redis')).toMatchObject({ exitCode: 0, data: { after: 'exited' } });
    const repaired = await stack.halab('up');
    expect(repaired.stdout).toContain('Started: redis.');
    expect(await countParts(stack)).toEqual([4, 2, 1]);
    expect(await endpoints()).toEqual(before);

    await Promise.all(everyNode.map((node) => stack.halab(`stop ${node}`)));
    expect(await stack.halabJson('up')).toMatchObject({
      exitCode: 0,
      data: { created: [], started: everyNode, verification: { writtenTo: 'db-primary' } },
    });
    await stack.untilHealthy();
  });

  it('makes a container again that somebody removed, with the data and credentials that are left', async () => {
    await insert(stack, 'REMOVED-1');
    for (const node of ['redis', 'db-replica']) {
      await stack.operation.engine.removeContainer(await stack.containerId(node));
    }
    const { exitCode, data } = await stack.halabJson('up');
    expect({ exitCode, data }).toMatchObject({
      exitCode: 0,
      data: { created: ['db-replica', 'redis'], verification: { replayedOn: ['db-replica'], redis: true } },
    });
    expect(await countSku(stack, 'db-replica', 'REMOVED-1')).toBe('1');
  });
});

describe('two stacks', () => {
  it('live side by side: --port-offset moves the second one’s ports, each has its own data', async () => {
    await using first = await startTestStack();
    await using second = await planTestStack();
    const offset = await freeOffset();
    const made = await second.halabJson(`up --port-offset ${offset}`);
    expect(made.exitCode).toBe(0);
    expect(made.data).toMatchObject({
      endpoints: [5432, 5433, 5439, 5440, 6379].map((port) => ({ address: `127.0.0.1:${port + offset}` })),
    });
    expect((await second.endpoints()).apiUrl).toBe(`http://127.0.0.1:${3000 + offset}`);

    await insert(second, 'SECOND-1');
    expect(await countSku(second, 'db-primary', 'SECOND-1')).toBe('1');
    expect(await countSku(first, 'db-primary', 'SECOND-1')).toBe('0');
    for (const stack of [first, second]) await stack.untilHealthy();

    const { exitCode, data } = await first.halabJson('ls');
    expect(exitCode, JSON.stringify(data)).toBe(0);
    const { stacks } = data as { stacks: StackSummary[] };
    for (const { name } of [first, second]) {
      expect(stacks.find((stack) => stack.name === name)).toMatchObject({
        topology: 'classic',
        nodes: { running: 4, total: 4 },
        writesTo: 'db-primary',
      });
    }

    expect(await second.halab('up --port-offset 7')).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('STACK_EXISTS') as string,
    });
    expect((await second.halab('down')).exitCode).toBe(0);
    await first.untilHealthy();
  });
});

describe('down', () => {
  it('leaves no container, no volume, no network; a second one has nothing to remove', async () => {
    await using stack = await startTestStack();
    expect(await countParts(stack)).toEqual([4, 2, 1]);
    const { exitCode, stdout } = await stack.halab('down');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('4 containers, 2 volumes, 1 network');
    expect(await countParts(stack)).toEqual([0, 0, 0]);
    for (const command of ['down', 'status', 'stop redis', 'env']) {
      const { exitCode: code, stderr } = await stack.halab(command);
      expect(code, command).toBe(4);
      expect(stderr, command).toContain(`There is no stack named ${stack.name}.`);
    }
  });

  it('--keep-data, and the next up goes on with the same data and credentials', async () => {
    await using stack = await startTestStack();
    await insert(stack, 'KEPT-1');
    const before = await stack.endpoints('postgres');
    expect((await stack.halab('down --keep-data')).stdout).toContain('Kept: ');
    expect(await countParts(stack)).toEqual([0, 2, 0]);

    expect(await stack.halabJson('up --ports auto')).toMatchObject({
      exitCode: 0,
      data: { verification: { writtenTo: 'db-primary', replayedOn: ['db-replica'] } },
    });
    const after = await stack.endpoints('postgres');
    expect(passwordOf(after.writeUrl)).toBe(passwordOf(before.writeUrl));
    expect(passwordOf(after.redisUrl)).toBe(passwordOf(before.redisUrl));
    for (const node of ['db-primary', 'db-replica']) expect(await countSku(stack, node, 'KEPT-1')).toBe('1');
    await stack.untilHealthy();
  });

  it('--keep-data after a failover keeps the promoted node as the primary', async () => {
    await using stack = await startTestStack();
    expect(await stack.halabJson('failover --promote --force')).toMatchObject({
      exitCode: 0,
      data: { promoted: 'db-replica' },
    });
    await insert(stack, 'KEPT-2');
    expect((await stack.halab('down --keep-data')).exitCode).toBe(0);

    expect(await stack.halabJson('up --ports auto')).toMatchObject({
      exitCode: 0,
      data: { verification: { writtenTo: 'db-replica', replayedOn: ['db-primary'] } },
    });
    expect(await countSku(stack, 'db-primary', 'KEPT-2')).toBe('1');
    await stack.untilHealthy();
    expect(await stack.halabJson('status')).toMatchObject({
      exitCode: 0,
      data: {
        proxy: { writesTo: 'db-replica' },
        nodes: [
          { name: 'db-primary', role: { expected: 'replica', found: 'replica' } },
          { name: 'db-replica', role: { expected: 'primary', found: 'primary' } },
          {},
          {},
        ],
      },
    });
  });
});
