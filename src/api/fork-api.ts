import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ServicesOptions } from './services.js';

/**
 * As it was built, also for a test that runs the sources: a process of its own knows no TypeScript. In one file, which is loaded in half
 * the time of its many modules.
 */
const program = fileURLToPath(new URL('../../dist/programs/api-child.cjs', import.meta.url));

const stopTimeoutMs = 10_000;

/** What the API can be told by a message. */
export type ForkedApiOptions = Omit<ServicesOptions, 'onDependencyChange'>;

export interface ForkedApi extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string;
}

/**
 * Starts the products API as `halab serve` would, in a process of its own, on any free port of 127.0.0.1. Its passwords reach it by a
 * message, and stand neither in its arguments nor in its environment.
 *
 * @throws Error with what the process said when it does not start
 */
export async function forkApi(options: ForkedApiOptions): Promise<ForkedApi> {
  const child = fork(program, {
    // Nothing of this process's environment: NODE_OPTIONS would be another program's.
    env: {},
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Ctrl-C reaches every process of the terminal's group. This one ends when its owner has done with it.
    detached: true,
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2000)));
  const exited = once(child, 'exit');
  exited.catch(() => undefined); // A program that cannot be started at all is told below.
  child.send(options, () => undefined); // It ended before it listened: told below, too.
  const [url] = (await Promise.race([
    once(child, 'message'),
    exited.then(() => {
      throw new Error(`The API did not start: ${said}`);
    }),
  ])) as [string];
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
      await exited;
      clearTimeout(timer);
    },
  };
}
