import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HalabError } from '../errors/halab-error.js';

const answerTimeoutMs = 500;

/** Where the holder of a stack's lock listens. Linux has names that vanish with their process; elsewhere it is a file. */
function addressOf(engineUrl: string, stack: string): string {
  const id = createHash('sha256').update(`${engineUrl}\0${stack}`).digest('hex').slice(0, 16);
  return process.platform === 'linux' ? `\0halab-${id}` : join(tmpdir(), `halab-${id}.sock`);
}

const listen = (address: string, holder: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(holder);
    });
    server.once('error', reject);
    server.listen(address, () => {
      // An operation that is done must not wait for whoever asks at that moment.
      server.unref();
      resolve(server);
    });
  });

/** What the holder says of itself; undefined when nobody holds the lock any more. */
const askHolder = (address: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    let answer = '';
    const socket = connect(address);
    socket.setTimeout(answerTimeoutMs, () => {
      socket.destroy();
      resolve('another command');
    });
    socket.on('data', (bytes: Buffer) => {
      answer += bytes.toString();
    });
    socket.once('end', () => {
      resolve(answer);
    });
    socket.once('error', () => {
      resolve(undefined);
    });
  });

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

/**
 * Keeps other commands of this machine from changing the stack, until it is given back. The lock is a listening
 * socket, so the kernel gives it back when the process dies in whatever way: none is ever left behind. Commands on
 * other machines that use the same remote engine are not kept out.
 *
 * @param command what holds the lock, as a user would type it
 * @throws STACK_BUSY, naming the command that holds it
 */
export async function lockStack(engineUrl: string, stack: string, command: string): Promise<Disposable> {
  const address = addressOf(engineUrl, stack);
  const holder = `${command} (process ${process.pid}, since ${new Date().toISOString().slice(11, 19)} UTC)`;
  for (;;) {
    try {
      const server = await listen(address, holder);
      return {
        [Symbol.dispose]: () => {
          server.close();
        },
      };
    } catch (error) {
      if (!isTaken(error)) throw error;
      const other = await askHolder(address);
      if (other === undefined) {
        // It was given back meanwhile, or it is the socket file of a process that died.
        if (!address.startsWith('\0')) await rm(address, { force: true });
        continue;
      }
      throw new HalabError('STACK_BUSY', `Another command is at work on the stack ${stack}: ${other}.`, {
        hint: 'Wait until it has ended, or end it with Ctrl-C, and try again.',
        cause: error,
      });
    }
  }
}
