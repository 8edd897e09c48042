import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { lockStack } from '../../../src/stack/lock.js';

const engine = 'unix:///engine.sock';
const newStack = (): string => `stack-${randomUUID()}`;

describe('the lock of a stack', () => {
  it('refuses a second command and names the first, until that one has ended', async () => {
    const stack = newStack();
    {
      using _first = await lockStack(engine, stack, 'halab failover');
      await expect(lockStack(engine, stack, 'halab down')).rejects.toMatchObject({
        code: 'STACK_BUSY',
        message: expect.stringContaining(`halab failover (process ${process.pid}, since `) as string,
      });
    }
    using _second = await lockStack(engine, stack, 'halab down');
  });

  it('is one for each stack, and for each engine', async () => {
    const stack = newStack();
    using _one = await lockStack(engine, stack, 'halab up');
    using _other = await lockStack(engine, newStack(), 'halab up');
    using _elsewhere = await lockStack('tcp://10.0.0.5:2376', stack, 'halab up');
  });

  it('is free again when its process was killed', async () => {
    const stack = newStack();
    const module = new URL('../../../src/stack/lock.ts', import.meta.url).href;
    const script = `
      const { lockStack } = await import('${module}');
      await lockStack('${engine}', '${stack}', 'halab up');
      console.log('locked');
      setInterval(() => undefined, 1000);`;
    const holder = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
    await once(holder.stdout, 'data');
    await expect(lockStack(engine, stack, 'halab down')).rejects.toMatchObject({ code: 'STACK_BUSY' });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    using _next = await lockStack(engine, stack, 'halab down');
  });
});
