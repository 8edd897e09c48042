import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** As it was built, also for a test that runs the sources: a process of its own knows no TypeScript. */
const program = fileURLToPath(new URL('../../dist/bench/api-process.js', import.meta.url));

const stopTimeoutMs = 10_000;

export interface ApiSettings {
  writeUrl: string;
  readUrl: string;
  /** Null: without a cache. */
  redisUrl: string | null;
}

export interface ApiProcess extends AsyncDisposable {
  url: string;
}

/**
 * Starts the products API as `halab serve` would, in a process of its own, on any free port. Its passwords stand in its
 * environment, which only its user and root can read.
 *
 * @throws Error with what the process said when it does not start
 */
export async function startApiProcess({ writeUrl, readUrl, redisUrl }: ApiSettings): Promise<ApiProcess> {
  const child = fork(program, {
    // Nothing of this process's environment: a variable such as CACHE would be a setting.
    env: {
      WRITE_URL: writeUrl,
      READ_URL: readUrl,
      PORT: '0',
      ...(redisUrl !== null && { REDIS_URL: redisUrl }),
    },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2000)));
  const exited = once(child, 'exit');
  exited.catch(() => undefined); // A program that cannot be started at all is told below.
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
