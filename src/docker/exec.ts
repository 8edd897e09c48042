import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import type { Connection } from './connection.js';
import type { Engine, ExecOptions, ExecResult, Terminal } from './engine.js';

type ExecCalls = Pick<Engine, 'exec' | 'prepareExec' | 'execInteractive'>;

const envList = ({ env = {} }: ExecOptions): string[] =>
  Object.entries(env).map(([name, value]) => `${name}=${value}`);

async function collect({ docker }: Connection, exec: Docker.Exec): Promise<ExecResult> {
  const stream = await exec.start({ hijack: false, stdin: false });
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

/** Connects both directions; keeps the size of the remote terminal equal to the local one. */
async function attach(
  { docker }: Connection,
  exec: Docker.Exec,
  tty: boolean,
  terminal: Terminal,
): Promise<number> {
  const { stdin, stdout, stderr } = terminal;
  const stream = await exec.start({ hijack: true, stdin: true, Tty: tty });
  const resize = (): void => {
    exec.resize({ h: stdout.rows, w: stdout.columns }).catch(() => undefined); // The program may have ended.
  };
  try {
    if (tty) {
      stdin.setRawMode(true);
      stdout.on('resize', resize);
      resize();
      stream.pipe(stdout, { end: false });
    } else {
      docker.modem.demuxStream(stream, stdout, stderr);
    }
    stdin.pipe(stream);
    await new Promise<void>((resolve, reject) => {
      stream.once('end', resolve).once('close', resolve).once('error', reject);
    });
  } finally {
    stdin.unpipe(stream);
    if (tty) stdin.setRawMode(false);
    stdout.off('resize', resize);
    stdin.pause();
  }
  const { ExitCode } = await exec.inspect();
  return ExitCode ?? -1;
}

export const execCalls = (connection: Connection): ExecCalls => {
  const { docker, call } = connection;
  const prepareExec: ExecCalls['prepareExec'] = async (id, command, options = {}) => {
    const exec = await call(
      docker
        .getContainer(id)
        .exec({ Cmd: [...command], Env: envList(options), AttachStdout: true, AttachStderr: true }),
    );
    return { run: () => call(collect(connection, exec)) };
  };
  return {
    prepareExec,
    exec: async (id, command, options) => await (await prepareExec(id, command, options)).run(),
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
      return await call(attach(connection, exec, tty, terminal));
    },
  };
};
