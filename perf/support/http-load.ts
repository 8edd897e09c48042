import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { LoadFigures } from './closed-load.js';

const script = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const program = script('../../bin/halab.js');

export interface Server {
  url: string;
  stop(): Promise<void>;
}

/** A process that prints `{ apiUrl }` once it listens, and ends on SIGTERM. */
async function startServer(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Server> {
  const server = execa('node', words, { stdin: 'ignore', reject: false, buffer: false, env });
  let text = '';
  server.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  while (!text.trimEnd().endsWith('}')) {
    await Promise.race([once(server.stdout, 'data'), server]);
    if (server.exitCode !== null) throw new Error(`node ${words.join(' ')} ended with ${server.exitCode}`);
  }
  const { apiUrl } = JSON.parse(text) as { apiUrl: string };
  return {
    url: apiUrl,
    stop: async () => {
      server.kill('SIGTERM');
      await server;
    },
  };
}

/** `halab serve`, the built program, with more words than `--port 0`. */
export const startApi = (stack: string, words: readonly string[] = []): Promise<Server> =>
  startServer([program, 'serve', '--stack', stack, '--port', '0', '--json', ...words]);

/** The reference: answers with the bytes of what `modelUrl` answers now. */
export const startBareServer = (modelUrl: string): Promise<Server> =>
  startServer(['--import', 'tsx', script('../baseline/bare-server.ts'), modelUrl]);

/** The least that reads products from Redis. It fills nothing: the API has to have done so. */
export const startMinimalCache = (redisUrl: string): Promise<Server> =>
  startServer(['--import', 'tsx', script('../baseline/fastify-redis.ts')], { REDIS_URL: redisUrl });

/** Reads the first `products` products in turn over this many connections, from a process of its own. */
export async function load(
  url: string,
  { connections, seconds, products }: { connections: number; seconds: number; products: number },
): Promise<LoadFigures> {
  const words = ['--import', 'tsx', script('closed-load.ts'), url, connections, seconds, products].map(
    String,
  );
  const { stdout } = await execa('node', words, { stdin: 'ignore' });
  return JSON.parse(stdout) as LoadFigures;
}
