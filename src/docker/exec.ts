import { type Duplex, PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import type { Connection } from './connection.js';
import type { Engine, ExecOptions, ExecResult, Terminal } from './engine.js';
import { demultiplex } from './frames.js';
import { prepareExec } from './prepared-exec.js';

type ExecCalls = Pick<Engine, 'exec' | 'prepareExec' | 'execInteractive'>;

const envList = ({ env = {} }: ExecOptions): string[] =>
  Object.entries(env).map(([name, value]) => `${name}=${value}`);

/** The output and the exit code of a program whose stream was opened. */
async function collect({ docker }: Connection, exec: Docker.Exec, stream: Duplex): Promise<ExecResult> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  docker.modem.demuxStream(stream, stdout, stderr);
  stream.once('close', () => {
    stdout.end();
    stderr.end();
  });
  const [out, err] = await Promise.all([text(stdout), text(stderr)]);
  // Only after the stream has ended does the engine know the exit code.
  const { ExitCode } = await exec.inspect();
  return { exitCode: ExitCode ?? -1, stdout: out, stderr: err };
}

/** Sends the terminal's raw bytes both ways; keeps the size of the remote terminal equal to the local one. */
async function connectTerminal(
  exec: Docker.Exec,
  stream: Duplex,
  { stdin, stdout }: Terminal,
): Promise<void> {
  const resize = (): void => {
    exec.resize({ h: stdout.rows, w: stdout.columns }).catch(() => undefined); // The program may have ended.
  };
  try {
    stdin.setRawMode(true);
    stdout.on('resize', resize);
    resize();
    stdin.pipe(stream);
    for await (const chunk of stream as AsyncIterable<Buffer>) stdout.write(chunk);
  } finally {
    stdin.setRawMode(false);
    stdout.off('resize', resize);
  }
}

/**
 * Connects both directions until the program ends. The end of standard input closes only that half of the
 * connection: the program sees it and answers.
 */
async function attach(
  exec: Docker.Exec,
  tty: boolean,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<number> {
  const { stdin, stdout, stderr } = terminal;
  const stream = await exec.start({ hijack: true, stdin: true, Tty: tty });
  const abort = (): void => {
    stream.destroy(signal?.reason as Error);
  };
  signal?.addEventListener('abort', abort, { once: true });
  // A program may end without having read its input; writing to it then fails, and that is no error of halab.
  stream.on('error', () => undefined);
  try {
    if (tty) {
      await connectTerminal(exec, stream, terminal);
    } else {
      stdin.pipe(stream);
      await demultiplex(stream as AsyncIterable<Buffer>, stdout, stderr);
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    stdin.unpipe(stream);
    stdin.pause();
    stream.destroy();
  }
  signal?.throwIfAborted();
  const { ExitCode } = await exec.inspect();
  return ExitCode ?? -1;
}

export const execCalls = (connection: Connection): ExecCalls => {
  const { docker, call } = connection;
  const output = { AttachStdout: true, AttachStderr: true };
  return {
    exec: async (id, command, options = {}) => {
      const exec = await call(
        docker.getContainer(id).exec({ Cmd: [...command], Env: envList(options), ...output }),
      );
      return await call(
        exec.start({ hijack: false, stdin: false }).then((stream) => collect(connection, exec, stream)),
      );
    },
    prepareExec: (id, plan) => prepareExec(connection, id, plan),
    execInteractive: async (id, command, terminal, options = {}) => {
      const tty = terminal.stdin.isTTY && terminal.stdout.isTTY;
      const exec = await call(
        docker.getContainer(id).exec({
          Cmd: [...command],
          Env: [...envList(options), ...(tty ? [`TERM=${process.env['TERM'] ?? 'xterm'}`] : [])],
          AttachStdin: true,
          AttachStdout: true,
          AttachStderr: true,
          Tty: tty,
        }),
      );
      return await call(attach(exec, tty, terminal, options.signal));
    },
  };
};
