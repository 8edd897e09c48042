import { PassThrough } from 'node:stream';
import { main } from '../../src/cli.js';

export interface FakeOutput {
  stream: NodeJS.WriteStream;
  /** Everything that was written to it. */
  readonly text: () => string;
}

interface FakeTerminal {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

/** A standard output that remembers; no terminal unless told so. */
export function fakeOutput({ isTTY = false, columns = 80, rows = 24 }: FakeTerminal = {}): FakeOutput {
  let written = '';
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => {
    written += chunk.toString();
  });
  // A PassThrough has every method of a WriteStream that halab calls on one that is no terminal.
  Object.assign(stream, isTTY ? { isTTY, columns, rows } : { isTTY });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => written };
}

export interface CliResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** An address where no engine answers: nothing listens on the port of the discard service. */
const noEngine = { DOCKER_HOST: 'tcp://127.0.0.1:9' };

interface CliInput {
  env?: NodeJS.ProcessEnv;
  /** Standard input; empty when left out. */
  input?: string | undefined;
}

/** Runs the program in this process, as `halab WORDS` with pipes for its three streams. */
export async function runCli(
  words: readonly string[],
  { env = noEngine, input = '' }: CliInput = {},
): Promise<CliResult> {
  const stdout = fakeOutput();
  const stderr = fakeOutput();
  const stdin = Object.assign(new PassThrough(), { isTTY: false });
  stdin.end(input);
  const exitCode = await main(words, {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env,
  });
  // Streams hand over what was written one turn later.
  await new Promise((resolve) => setImmediate(resolve));
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}
