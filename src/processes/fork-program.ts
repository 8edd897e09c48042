import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const stopTimeoutMs = 10_000;

/** A program of halab's own in a process of its own. It ends when it is disposed of, and when this process dies. */
export interface ForkedProgram extends AsyncDisposable {
  readonly send: (message: unknown) => void;
  readonly onMessage: (listen: (message: unknown) => void) => void;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<ProgramEnd>;
}

interface ProgramEnd {
  /** The last of what it wrote to stderr. */
  readonly said: string;
  /** What ended it from outside: SIGKILL where the memory ran out; null when it ended by itself. */
  readonly signal: string | null;
}

/**
 * Starts a program of `dist/programs/`. What it has to know reaches it by messages, and stands neither in its arguments nor in its
 * environment. As it was built, also for a test that runs the sources: a process of its own knows no TypeScript. In one file,
 * which is loaded in half the time of its many modules.
 */
export function forkProgram(name: 'api-child' | 'load-child'): ForkedProgram {
  const child = fork(fileURLToPath(new URL(`../../dist/programs/${name}.cjs`, import.meta.url)), {
    // Nothing of this process's environment: NODE_OPTIONS would be another program's.
    env: {},
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Ctrl-C reaches every process of the terminal's group. This one ends when its owner has done with it.
    detached: true,
    // JSON would turn a figure that is not finite into null.
    serialization: 'advanced',
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2000)));
  // One that cannot be started at all emits an error and no exit.
  const ended = once(child, 'exit').then(
    ([, signal]: readonly (string | null)[]) => ({ said, signal: signal ?? null }),
    (error: unknown) => ({ said: `${said}${String(error)}`, signal: null }),
  );
  return {
    // It may have ended before it listened: `ended` tells that.
    send: (message) => void child.send(message as object, () => undefined),
    onMessage: (listen) => void child.on('message', listen),
    ended,
    [Symbol.asyncDispose]: async () => {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
