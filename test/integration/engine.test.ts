import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { label } from '../../src/stack/labels.js';
import { startTestStack, type TestStack } from '../support/stack.js';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
beforeEach(async () => stack.operation.engine.startContainer(await stack.containerId('redis')));
afterAll(() => stack[Symbol.asyncDispose]());

it('death watch: hears of the end of a node, and forgets it when the node starts again', async () => {
  const { engine } = stack.operation;
  using deaths = engine.watchDeaths({ [label.stack]: stack.name });
  // An end that was heard proves that the watch listens: it begins some time after the call.
  const redis = await stack.containerId('redis');
  await expect
    .poll(async () => {
      const heard = deaths.died(redis).then(() => 'heard');
      await engine.stopContainer(redis, 5);
      const answer = await Promise.race([heard, Promise.resolve('not heard')]);
      await engine.startContainer(redis);
      return answer;
    })
    .toBe('heard');

  const primary = await stack.containerId('db-primary');
  await Promise.all([deaths.died(primary), engine.signalContainer(primary, 'SIGKILL')]);

  await engine.startContainer(primary);
  // The start is told after the answer; a stop of something else shows that it has been heard.
  const again = deaths.died(redis);
  await engine.stopContainer(redis, 5);
  await again;
  const died = deaths.died(primary).then(() => 'dead');
  expect(await Promise.race([died, Promise.resolve('alive')])).toBe('alive');
});

it('goes on with what is frozen, leaves alone what runs, and says so of what has ended', async () => {
  const { engine } = stack.operation;
  const redis = await stack.containerId('redis');
  await engine.pauseContainer(redis);
  await engine.unpauseContainer(redis);
  // The engine hears late of its own pause, and for a moment calls frozen what goes on again.
  const isRunning = () => expect.poll(() => engine.containerState(redis), { timeout: 5000 }).toBe('running');
  await isRunning();
  await engine.unpauseContainer(redis);
  await isRunning();
  await engine.signalContainer(redis, 'SIGKILL');
  await expect(engine.unpauseContainer(redis)).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
});

it('reads a file as it is now: changed at once, by itself or by a program inside, and gone', async () => {
  const { engine } = stack.operation;
  const redis = await stack.containerId('redis');
  const path = '/tmp/note';
  const put = (text: string): Promise<void> =>
    engine.putFiles(redis, [{ path, text, mode: 0o644, uid: 999, gid: 999 }]);
  expect(await engine.readFile(redis, path)).toBeUndefined();
  for (const text of ['one', 'two', 'six']) {
    await put(text);
    expect([await engine.readFile(redis, path), await engine.readFile(redis, path)]).toEqual([text, text]);
  }
  await engine.exec(redis, ['sh', '-c', `printf ten > ${path}`]);
  expect(await engine.readFile(redis, path)).toBe('ten');
  await engine.exec(redis, ['rm', path]);
  expect(await engine.readFile(redis, path)).toBeUndefined();
});
