import { randomBytes } from 'node:crypto';
import { execa } from 'execa';
import { Client } from 'pg';
import { systemClock } from '../../src/clock/clock.js';
import { waitUntil } from '../../src/clock/wait-until.js';

/** A server that takes the application's writes. */
export interface WriteTarget extends AsyncDisposable {
  writeUrl: string;
  /** Runs SQL as the administrator. */
  sql: (text: string) => Promise<string>;
}

const image = 'p-postgres';

/** One PostgreSQL with the products table, on a port of its own. */
export async function startWriteTarget(): Promise<WriteTarget> {
  const name = `measuretest-${randomBytes(4).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  const docker = async (...args: string[]): Promise<string> => (await execa('docker', args)).stdout;
  const remove = async (): Promise<void> => {
    await docker('rm', '--force', '--volumes', name);
  };
  const sql = (text: string): Promise<string> =>
    docker('exec', name, 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', 'shop', '-c', text);
  const wait = { clock: systemClock, timeoutMs: 20_000, intervalMs: 50 };
  await docker('run', '--detach', '--name', name, '--publish', '127.0.0.1::5432', image);
  try {
    await waitUntil(() => sql(`ALTER ROLE app PASSWORD '${password}'`), {
      ...wait,
      onTimeout: (cause) => new Error(`${name} did not start`, { cause }),
    });
    const [, port = ''] = /:(\d+)\s*$/.exec(await docker('port', name, '5432/tcp')) ?? [];
    const writeUrl = `postgres://app:${password}@127.0.0.1:${port}/shop`;
    await waitUntil(() => answers(writeUrl), {
      ...wait,
      onTimeout: (cause) => new Error(`${name} did not answer`, { cause }),
    });
    return { writeUrl, sql, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function answers(url: string): Promise<true> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1000 });
  try {
    await client.connect();
    await client.query('SELECT FROM products LIMIT 1');
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}
