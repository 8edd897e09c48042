import { describe, expect, it } from 'vitest';
import type { Credentials } from '../../../src/nodes/credentials.js';
import { findCredentials } from '../../../src/stack/find-credentials.js';

const credentials = { app: 'secret' } as Credentials;
const never = new Promise<never>(() => undefined);

/** An engine whose containers answer like this, and a clock whose waits end at once, or never. */
function engineOf(answers: Record<string, () => Promise<string | undefined>>) {
  const asked: string[] = [];
  const readFile = (id: string): Promise<string | undefined> => {
    asked.push(id);
    return answers[id]?.() ?? Promise.reject(new Error(`no container ${id}`));
  };
  return { readFile, asked };
}
const has = (): Promise<string> => Promise.resolve(JSON.stringify(credentials));
const hasNone = (): Promise<undefined> => Promise.resolve(undefined);
const silent = (): Promise<never> => never;
const fails = (): Promise<never> => Promise.reject(new Error('the engine is gone'));
const patient = { sleep: () => never };
const impatient = { sleep: () => Promise.resolve() };

describe('the credentials of a stack', () => {
  it('are read from the first node, and no other is asked', async () => {
    const engine = engineOf({ a: has, b: has });
    expect(await findCredentials(engine, ['a', 'b'], patient)).toEqual(credentials);
    expect(engine.asked).toEqual(['a']);
  });

  it('are read once for each engine', async () => {
    const engine = engineOf({ a: has, b: silent });
    await findCredentials(engine, ['a', 'b'], patient);
    expect(await findCredentials(engine, ['b', 'a'], patient)).toEqual(credentials);
    expect(engine.asked).toEqual(['a']);
    const other = engineOf({ a: has });
    await findCredentials(other, ['a'], patient);
    expect(other.asked).toEqual(['a']);
  });

  it.each([
    ['has none', hasNone, patient],
    ['cannot be read', fails, patient],
    ['keeps silent', silent, impatient],
  ])('are read from the next node when one %s', async (_what, answer, clock) => {
    const engine = engineOf({ a: answer, b: has });
    expect(await findCredentials(engine, ['a', 'b'], clock)).toEqual(credentials);
    expect(engine.asked).toEqual(['a', 'b']);
  });

  it('are read from a node that was slow when the others have none', async () => {
    let answer: (text: string) => void = () => undefined;
    const slow = (): Promise<string> =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const engine = engineOf({
      a: slow,
      b: () => {
        answer(JSON.stringify(credentials));
        return hasNone();
      },
    });
    expect(await findCredentials(engine, ['a', 'b'], impatient)).toEqual(credentials);
  });

  it('are undefined when no node has them, and are asked for again', async () => {
    const engine = engineOf({ a: hasNone, b: hasNone });
    expect(await findCredentials(engine, ['a', 'b'], patient)).toBeUndefined();
    expect(await findCredentials(engine, [], patient)).toBeUndefined();
    expect(await findCredentials(engine, ['a', 'b'], patient)).toBeUndefined();
    expect(engine.asked).toEqual(['a', 'b', 'a', 'b']);
  });

  it('are not said to be missing when a node could not be asked', async () => {
    const engine = engineOf({ a: hasNone, b: fails });
    await expect(findCredentials(engine, ['a', 'b'], patient)).rejects.toThrow('the engine is gone');
  });
});
