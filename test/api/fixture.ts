import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { Redis } from 'ioredis';
import { Client } from 'pg';

export type NodeName = 'primary' | 'replica' | 'redis';

export interface Databases {
  writeUrl: string;
  readUrl: string;
  redisUrl: string;
  stop(node: NodeName): Promise<void>;
  start(node: NodeName): Promise<void>;
  pause(node: NodeName): Promise<void>;
  unpause(node: NodeName): Promise<void>;
  /** Runs SQL as the administrator. */
  sql(node: 'primary' | 'replica', text: string): Promise<string>;
  remove(): Promise<void>;
}

/** A primary, a replica that streams from it, and Redis; each keeps its port when it is stopped and started. */
export async function startDatabases(): Promise<Databases> {
  const name = `apitest-${randomBytes(4).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  const container = (node: NodeName): string => `${name}-${node}`;
  const docker = async (...args: string[]): Promise<string> => (await execa('docker', args)).stdout;
  const ports = { primary: await freePort(), replica: await freePort(), redis: await freePort() };
  const create = (node: NodeName, image: string, inside: number): Promise<string> =>
    docker(
      'create',
      '--name',
      container(node),
      '--network',
      name,
      '-p',
      `127.0.0.1:${ports[node]}:${inside}`,
      image,
    );
  const databaseUrl = (node: 'primary' | 'replica'): string =>
    `postgres://app:${password}@127.0.0.1:${ports[node]}/shop`;
  const redisUrl = `redis://app:${password}@127.0.0.1:${ports.redis}`;
  const sql = (node: 'primary' | 'replica', text: string): Promise<string> =>
    docker('exec', container(node), 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', 'shop', '-c', text);

  const ready: Record<NodeName, () => Promise<void>> = {
    primary: () => until(() => answers(databaseUrl('primary'))),
    replica: () =>
      until(async () => {
        await answers(databaseUrl('replica'));
        const streaming = await sql('replica', 'SELECT count(*) FROM pg_stat_wal_receiver');
        if (streaming !== '1') throw new Error('the replica is not streaming yet');
      }),
    redis: () =>
      until(async () => {
        const redis = new Redis(redisUrl, {
          lazyConnect: true,
          enableReadyCheck: false,
          retryStrategy: () => null,
        });
        redis.on('error', () => undefined);
        try {
          await redis.connect();
          await redis.ping();
        } finally {
          redis.disconnect();
        }
      }),
  };

  const remove = async (): Promise<void> => {
    await execa(
      'docker',
      ['rm', '-f', '-v', container('primary'), container('replica'), container('redis')],
      {
        reject: false,
      },
    );
    await execa('docker', ['network', 'rm', name], { reject: false });
  };

  const files = await mkdtemp(join(tmpdir(), `${name}-`));
  try {
    await docker('network', 'create', name);
    await Promise.all([
      create('primary', 'p-postgres', 5432),
      create('replica', 'p-postgres', 5432),
      create('redis', 'p-redis', 6379),
    ]);
    const conninfo = `host=${container('primary')} user=replicator password=${password}`;
    await writeFile(join(files, 'standby.signal'), '');
    await writeFile(join(files, 'node.conf'), `primary_conninfo = '${conninfo}'\n`, { mode: 0o644 });
    await writeFile(
      join(files, 'users.acl'),
      `user default off\nuser app on >${password} ~* &* +@all -@dangerous\n`,
    );
    const home = `${container('replica')}:/var/lib/postgresql/`;
    await docker('cp', join(files, 'standby.signal'), home);
    await docker('cp', join(files, 'node.conf'), home);
    await docker('cp', join(files, 'users.acl'), `${container('redis')}:/etc/redis/users.acl`);
    await docker('start', container('primary'), container('replica'), container('redis'));
    await until(() =>
      sql('primary', `ALTER ROLE app PASSWORD '${password}'; ALTER ROLE replicator PASSWORD '${password}'`),
    );
    await Promise.all([ready.primary(), ready.replica(), ready.redis()]);
  } catch (error) {
    await remove();
    throw error;
  } finally {
    await rm(files, { recursive: true, force: true });
  }

  return {
    writeUrl: databaseUrl('primary'),
    readUrl: databaseUrl('replica'),
    redisUrl,
    stop: async (node) => {
      await docker('stop', '-t', '10', container(node));
    },
    start: async (node) => {
      await docker('start', container(node));
      await ready[node]();
    },
    pause: async (node) => {
      await docker('pause', container(node));
    },
    unpause: async (node) => {
      await docker('unpause', container(node));
    },
    sql,
    remove,
  };
}

/** Tries again until it succeeds; gives up after 20 s, with the last error. */
export async function until<T>(attempt: () => T | Promise<T>, timeoutMs = 20_000): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function answers(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end();
  }
}
