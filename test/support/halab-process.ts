import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const program = fileURLToPath(new URL('../../bin/halab.js', import.meta.url));

/** Runs `halab WORDS` as a process of its own, with its events as lines of JSON on standard error. */
export const spawnHalab = (words: readonly string[]) =>
  execa(process.execPath, [program, ...words], {
    reject: false,
    env: { HALAB_PROGRESS: 'ndjson' },
    stdin: 'ignore',
  });

/** Resolves with the first output of a running program. */
export const firstChunk = (output: NodeJS.ReadableStream): Promise<string> =>
  new Promise((resolve, reject) => {
    output.once('data', (chunk: Buffer) => {
      resolve(chunk.toString());
    });
    output.once('end', () => {
      reject(new Error('The program ended and printed nothing.'));
    });
  });
