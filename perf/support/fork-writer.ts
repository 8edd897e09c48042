import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface ForkedWriter extends Disposable {
  /** Ends it. @returns the longest time between two acknowledged writes, in milliseconds */
  readonly stop: () => Promise<number>;
}

const answerOf = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', () => {
      reject(new Error('The writer ended before it answered.'));
    });
  });

/** Starts the writer of writer.ts in a process of its own, and returns when it writes steadily. */
export async function forkWriter(url: string, runName: string): Promise<ForkedWriter> {
  const child = fork(fileURLToPath(new URL('writer-child.ts', import.meta.url)));
  const steady = answerOf(child);
  child.send({ url, runName });
  await steady;
  return {
    stop: async () => {
      const outageMs = answerOf(child);
      child.send('stop');
      return (await outageMs) as number;
    },
    [Symbol.dispose]: () => {
      child.kill();
    },
  };
}
