import { describe, expect, it } from 'vitest';
import { firstChunk, spawnHalab } from '../support/halab-process.js';
import { planTestStack, type TestStack } from '../support/stack.js';

/** Starts a command that brings the stack up and sends it a signal this long after its first event; returns how it ended. */
async function interruptUp(
  { name }: TestStack,
  signal: 'SIGINT' | 'SIGKILL',
  afterMs: number,
  command = ['up'],
): Promise<{ exitCode: number | undefined; stderr: string }> {
  const up = spawnHalab([...command, '--stack', name, '--ports', 'auto']);
  await firstChunk(up.stderr);
  // A moment in the middle of its work, not a wait for anything.
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  up.kill(signal);
  const { exitCode, stderr } = await up;
  return { exitCode, stderr };
}

async function expectConvergence(stack: TestStack): Promise<void> {
  const again = await stack.halabJson('up --ports auto');
  expect(again, JSON.stringify(again.data)).toMatchObject({
    exitCode: 0,
    data: { verification: { writtenTo: 'db-primary', replayedOn: ['db-replica'], redis: true } },
  });
  await stack.untilHealthy();
  expect(await stack.sql('db-replica', 'SELECT count(*) FROM products')).toBe('1000');
  expect((await stack.halab('down')).exitCode).toBe(0);
}

describe.concurrent('Ctrl-C during up', () => {
  it.for([0, 250, 900])('after %i ms ends it with exit code 5, and the next up goes on', async (afterMs) => {
    await using stack = await planTestStack();
    const { exitCode, stderr } = await interruptUp(stack, 'SIGINT', afterMs);
    // Late in its work it may have been done already.
    expect([0, 5]).toContain(exitCode);
    if (exitCode === 5) {
      expect(stderr).toContain('[INTERRUPTED]');
      expect(stderr).toContain(`halab down --stack ${stack.name} removes the stack.`);
    }
    await expectConvergence(stack);
  });

  it.for([100, 400])('after %i ms leaves nothing that down does not remove', async (afterMs) => {
    await using stack = await planTestStack();
    await interruptUp(stack, 'SIGINT', afterMs);
    expect([0, 4]).toContain((await stack.halab('down')).exitCode);
    const { stdout } = await stack.halab('ls --json');
    expect(stdout).not.toContain(stack.name);
  });
});

describe.concurrent('Ctrl-C while the stack of a lab comes up', () => {
  it.for([100, 700])('after %i ms leaves nothing of it, and says so', async (afterMs) => {
    await using stack = await planTestStack();
    const { exitCode, stderr } = await interruptUp(stack, 'SIGINT', afterMs, ['lab', 'run', 'redis-down']);
    expect(exitCode).toBe(5);
    expect(stderr).toContain('The stack that the lab made is removed.');
    // 4: there is no such stack.
    expect((await stack.halab('down')).exitCode).toBe(4);
  });
});

describe.concurrent('SIGKILL during down', () => {
  it.for([350, 500])('after %i ms: the next down leaves nothing', async (afterMs) => {
    await using stack = await planTestStack();
    expect((await stack.halab('up --ports auto')).exitCode).toBe(0);
    const down = spawnHalab(['down', '--stack', stack.name]);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    down.kill('SIGKILL');
    await down;
    // It may have been over by then.
    expect([0, 4]).toContain((await stack.halab('down')).exitCode);
    expect((await stack.halab('ls --json')).stdout).not.toContain(stack.name);
  });
});

describe.concurrent('SIGKILL during up', () => {
  it.for([100, 300, 500, 900])('after %i ms: the next up goes on', async (afterMs) => {
    await using stack = await planTestStack();
    await interruptUp(stack, 'SIGKILL', afterMs);
    await expectConvergence(stack);
  });
});
