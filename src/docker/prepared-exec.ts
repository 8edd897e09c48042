import type { Duplex } from 'node:stream';
import { Writable } from 'node:stream';
import type Docker from 'dockerode';
import type { Connection } from './connection.js';
import type { ExecPlan, ExecResult, PreparedExec } from './engine.js';
import { demultiplex } from './frames.js';

const waiting = 'halab: waiting\n';

/** Prepares, says so, and runs the command once it reads a line; ends without it when its input ends first. */
const gated = ({ preparation = ':', command }: ExecPlan): string[] => [
  'sh',
  '-c',
  `{ ${preparation}; } && printf '${waiting.replace('\n', '\\n')}' && read -r word && exec "$@" \${word:+"$word"}`,
  'sh',
  ...command,
];

interface Opened {
  stream: Duplex;
  /** What the preparation printed, once the program waits. */
  reached: Promise<ExecResult>;
  ended: Promise<ExecResult>;
}

function follow(exec: Docker.Exec, stream: Duplex): Opened {
  let stdout = '';
  let stderr = '';
  let onWaiting: (prepared: ExecResult) => void = () => undefined;
  const reached = new Promise<ExecResult>((resolve) => {
    onWaiting = resolve;
  });
  const sink = (take: (text: string) => void): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        take(chunk.toString());
        done();
      },
    });
  const output = demultiplex(
    stream as AsyncIterable<Buffer>,
    sink((text) => {
      stdout += text;
      if (stdout.includes(waiting)) onWaiting({ exitCode: 0, stdout: stdout.replace(waiting, ''), stderr });
    }),
    sink((text) => {
      stderr += text;
    }),
  );
  const ended = output.then(async () => {
    // Only after the stream has ended does the engine know the exit code.
    const { ExitCode } = await exec.inspect();
    return { exitCode: ExitCode ?? -1, stdout: stdout.replace(waiting, ''), stderr };
  });
  ended.catch(() => undefined); // ready() and run() throw it.
  return { stream, reached, ended };
}

/** Starts a program that waits for the word to run. */
export function prepareExec({ docker, call }: Connection, id: string, plan: ExecPlan): PreparedExec {
  const ending = new AbortController();
  const abortSignal = ending.signal;
  const open = async (): Promise<Opened> => {
    const exec = await docker.getContainer(id).exec({
      abortSignal,
      Cmd: gated(plan),
      Env: Object.entries(plan.env ?? {}).map(([name, value]) => `${name}=${value}`),
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
    });
    const stream = await exec.start({ hijack: true, stdin: true, abortSignal });
    stream.on('error', () => undefined); // The container may end before the program ran; run() then tells.
    return follow(exec, stream);
  };
  const opened = open();
  opened.catch(() => undefined); // ready() and run() throw it.
  return {
    ready: async () => {
      const { reached, ended } = await call(opened);
      return await call(Promise.race([reached, ended]));
    },
    run: async (argument = '') => {
      const { stream, ended } = await call(opened);
      stream.write(`${argument}\n`);
      return await call(ended);
    },
    [Symbol.dispose]: () => {
      // Of a container that ends just now, the engine may never answer.
      ending.abort();
      opened.then(
        ({ stream }) => stream.destroy(),
        () => undefined,
      );
    },
  };
}
