import { open } from 'node:fs/promises';
import type { LogSink } from '../api/request-log.js';
import { HalabError } from '../errors/halab-error.js';

export interface RequestLog extends LogSink {
  /** Returns when all lines are written. */
  close(): Promise<void>;
}

/**
 * A file that takes the API's log, appended to; `-` is standard error. When the file can no longer be written,
 * `onFailure` is called once and the API goes on without a log.
 *
 * @throws HalabError `USAGE` when the file cannot be opened
 */
export async function openRequestLog(
  file: string,
  stderr: LogSink,
  onFailure: (error: Error) => void,
): Promise<RequestLog> {
  if (file === '-') {
    return {
      write: (line) => {
        stderr.write(line);
      },
      close: () => Promise.resolve(),
    };
  }
  const handle = await open(file, 'a').catch((error: unknown) => {
    throw new HalabError('USAGE', `The log file cannot be opened: ${(error as Error).message}.`, {
      hint: 'Name a file in a folder that is there and may be written to, or - for standard error.',
      cause: error,
    });
  });
  const stream = handle.createWriteStream();
  const closed = new Promise<void>((resolve) => stream.once('close', resolve));
  stream.once('error', onFailure);
  return {
    write: (line) => {
      if (stream.writable) stream.write(line);
    },
    close: () => {
      stream.end();
      return closed;
    },
  };
}
