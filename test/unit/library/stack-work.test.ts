import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock/clock.js';
import type { Engine } from '../../../src/docker/engine.js';
import { memoryHistory } from '../../../src/history/memory-history.js';
import { workOn } from '../../../src/library/stack-work.js';
import type { Operation } from '../../../src/stack/operation.js';

const world = {
  engine: { endpoint: { url: 'unix:///engine.sock' } } as Engine,
  clock: systemClock,
  emit: () => undefined,
  history: memoryHistory(),
};
let stacks = 0;
const newWork = (signal?: AbortSignal) => workOn(`work-${process.pid}-${(stacks += 1)}`, world, signal);

/** An operation that goes on until it is interrupted. */
const untilInterrupted = ({ clock, signal }: Operation): Promise<void> => clock.sleep(60_000, signal);

describe('the operations of a handle', () => {
  it('are interrupted by its end, which waits for them', async () => {
    const work = newWork();
    const told: string[] = [];
    const working = work.run(async (operation) => {
      await untilInterrupted(operation).catch(() => told.push('interrupted'));
      await systemClock.sleep(20);
      told.push('ended');
    });
    await work.end(new Error('The stack goes.'));
    expect(told).toEqual(['interrupted', 'ended']);
    await working;
  });

  it('do not begin after its end', async () => {
    const work = newWork();
    await work.end(new Error('The stack goes.'));
    await expect(work.run(() => Promise.resolve())).rejects.toThrow('The stack goes.');
  });

  it('are interrupted by the signal of its user', async () => {
    const user = new AbortController();
    const working = newWork(user.signal).run(untilInterrupted);
    user.abort(new Error('Too late.'));
    await expect(working).rejects.toThrow('Too late.');
  });

  it('that change the stack are one at a time; the second is told of the first', async () => {
    const work = newWork();
    const first = work.change('stack.failover()', untilInterrupted);
    await expect
      .poll(() => work.change('stack.repair()', () => Promise.resolve()).catch(String))
      .toContain('Another command is at work on the stack');
    await work.end(new Error('The stack goes.'));
    await expect(first).rejects.toThrow('The stack goes.');
  });
});
