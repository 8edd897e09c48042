import { execa } from 'execa';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StackEndpoints } from '../../src/stack/endpoints.js';
import { firstChunk, spawnHalab } from '../support/halab-process.js';
import { startTestStack, type TestStack } from '../support/stack.js';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack[Symbol.asyncDispose]());

async function whoAmI(connectionString: string | undefined): Promise<string> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ who: string }>(
      `SELECT current_user || ' on ' || current_setting('cluster_name') AS who`,
    );
    return rows[0]?.who ?? '';
  } finally {
    await client.end();
  }
}

describe('env', () => {
  it('--json gives URLs that pg and ioredis take as they are', async () => {
    const { exitCode, data } = await stack.halabJson('env');
    expect(exitCode).toBe(0);
    const { writeUrl, readUrl, redisUrl, apiUrl, nodes } = data as StackEndpoints;
    expect(await whoAmI(writeUrl)).toBe('app on db-primary');
    expect(await whoAmI(readUrl)).toBe('app on db-replica');
    expect(await whoAmI(nodes['db-primary'])).toBe('app on db-primary');
    expect(await whoAmI(nodes['db-replica'])).toBe('app on db-replica');
    expect(apiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const redis = new Redis(redisUrl);
    try {
      expect(await redis.set('test:env', 'there')).toBe('OK');
      expect(await redis.getdel('test:env')).toBe('there');
    } finally {
      redis.disconnect();
    }
  });

  it('--superuser gives an administrator’s', async () => {
    const { data } = await stack.halabJson('env --superuser');
    expect(await whoAmI((data as StackEndpoints).writeUrl)).toBe('postgres on db-primary');
  });

  it('gives exports that a shell takes', async () => {
    const { stdout: script } = await stack.halab('env');
    const { stdout } = await execa('sh', ['-c', `eval "$1"; printf %s "$HALAB_WRITE_URL"`, 'sh', script]);
    expect(stdout).toBe((await stack.endpoints()).writeUrl);
  });
});

describe('inside the nodes', () => {
  it.each([
    ['exit 0', 0],
    ['exit 7', 7],
    ['kill -9 $$', 137],
  ])('exec passes on how "%s" ended', async (script, exitCode) => {
    expect((await stack.halab('exec redis', { passedOn: ['sh', '-c', script] })).exitCode).toBe(exitCode);
  });

  it('exec keeps standard output and standard error apart, and reads standard input', async () => {
    const result = await stack.halab('exec db-primary', {
      passedOn: ['sh', '-c', 'cat; echo apart >&2'],
      input: 'line one\nline two\n',
    });
    expect(result).toEqual({ exitCode: 0, stdout: 'line one\nline two\n', stderr: 'apart\n' });
  });

  it('exec passes a megabyte through unharmed', async () => {
    const input = 'x'.repeat(1024 * 1024);
    const { stdout } = await stack.halab('exec haproxy', { passedOn: ['cat'], input });
    expect(stdout.length).toBe(input.length);
    expect(stdout === input).toBe(true);
  });

  it('a program that is not there is the program’s own error', async () => {
    const { exitCode, stderr, stdout } = await stack.halab('exec redis', { passedOn: ['no-such-program'] });
    expect([126, 127]).toContain(exitCode);
    expect(stdout + stderr).toContain('no-such-program');
  });

  it('psql runs SQL from a pipe where writes go, as superuser', async () => {
    const input = `SELECT current_user, current_setting('cluster_name');\nSELECT count(*) FROM products;\n`;
    const { exitCode, stdout } = await stack.halab('psql', { passedOn: ['-XqAt'], input });
    expect(exitCode).toBe(0);
    expect(stdout).toBe('postgres|db-primary\n1000\n');
  });

  it('psql asks the node that is named, and passes its exit code on', async () => {
    const asked = await stack.halab('psql db-replica', { passedOn: ['-XqAtc', 'SHOW cluster_name'] });
    expect(asked).toMatchObject({ exitCode: 0, stdout: 'db-replica\n' });
    const refused = await stack.halab('psql db-replica', { passedOn: ['-c', 'DELETE FROM products'] });
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('read-only transaction');
    expect((await stack.halab('psql redis')).exitCode).toBe(4);
  });

  it('redis-cli is logged in', async () => {
    expect(await stack.halab('redis-cli', { passedOn: ['PING'] })).toMatchObject({
      exitCode: 0,
      stdout: 'PONG\n',
    });
    const piped = await stack.halab('redis-cli', {
      input: 'SET test:piped 1\nGET test:piped\nDEL test:piped\n',
    });
    expect(piped.stdout).toBe('OK\n1\n1\n');
  });
});

describe('logs', () => {
  it('shows as many last lines as asked for', async () => {
    const { exitCode, stdout } = await stack.halab('logs db-primary -n 3');
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
    const { data } = await stack.halabJson('logs db-primary');
    const { lines } = data as { lines: string[] };
    expect(lines.join('\n')).toContain('database system is ready to accept connections');
    for (const node of ['haproxy', 'redis']) {
      expect((await stack.halab(`logs ${node}`)).stdout, node).not.toBe('');
    }
  });

  it('-f shows new lines as they come, until Ctrl-C, which is its regular end', async () => {
    const logs = spawnHalab(['logs', 'db-primary', '-f', '-n', '0', '--stack', stack.name]);
    const line = firstChunk(logs.stdout);
    // Until the log is followed nothing is shown: write lines until one comes.
    let shown = false;
    void line.then(() => (shown = true));
    await expect
      .poll(
        async () => {
          await stack.sql('db-primary', `DO $$ BEGIN RAISE LOG 'seen by a follower'; END $$`);
          return shown;
        },
        { timeout: 20_000, interval: 200 },
      )
      .toBe(true);
    expect(await line).toContain('seen by a follower');
    logs.kill('SIGINT');
    expect((await logs).exitCode).toBe(0);
  });
});

describe('figures', () => {
  it('lag shows a streaming replica with its slot, and exits 3 when it does not stream', async () => {
    expect(await stack.halabJson('lag')).toMatchObject({
      exitCode: 0,
      data: {
        primary: 'db-primary',
        replicas: [
          { standby: 'db-replica', state: 'streaming', slot: { active: true, walStatus: 'reserved' } },
        ],
      },
    });
    await stack.halab('stop db-replica');
    const { exitCode, stdout } = await stack.halab('lag');
    expect(exitCode).toBe(3);
    expect(stdout).toContain('not streaming');
    await stack.sql('db-primary', 'UPDATE products SET stock = stock WHERE id <= 100');
    const { data } = await stack.halabJson('lag');
    const { replicas } = data as { replicas: { slot: { active: boolean; retainedBytes: number } }[] };
    expect(replicas[0]?.slot.active).toBe(false);
    expect(replicas[0]?.slot.retainedBytes).toBeGreaterThan(1000);
    expect((await stack.halab('start db-replica')).exitCode).toBe(0);
    await expect.poll(async () => (await stack.halab('lag')).exitCode, { timeout: 20_000 }).toBe(0);
  });

  it('cache counts what the server was asked; without Redis it is refused', async () => {
    expect(await stack.halabJson('cache')).toMatchObject({
      exitCode: 0,
      data: { stack: stack.name, api: { keys: 0 }, server: { evicted: 0 }, maxMemoryBytes: 64 * 1024 * 1024 },
    });
    await stack.halab('stop redis');
    const { exitCode, stderr } = await stack.halab('cache');
    expect(exitCode).toBe(4);
    expect(stderr).toContain('[NODE_NOT_RUNNING]');
    expect((await stack.halab('start redis')).exitCode).toBe(0);
  });

  it('ls lists the stack with its ports', async () => {
    const { exitCode, stdout } = await stack.halab('ls');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(stack.name);
    const port = new URL((await stack.endpoints()).writeUrl).port;
    expect(stdout).toContain(port);
  });

  it('restart brings a node back as it was', async () => {
    expect(await stack.halabJson('restart db-replica')).toMatchObject({
      exitCode: 0,
      data: { before: 'running', after: 'running', role: 'replica' },
    });
    await stack.untilHealthy();
  });

  it('doctor finds the engine usable and every image built', async () => {
    const { data } = await stack.halabJson('doctor');
    expect(data).toMatchObject({ usable: true });
    const { exitCode, stdout } = await stack.halab('doctor');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('✔ engine');
  });

  it('a node that is paused is told by status, and stop ends it all the same', async () => {
    await execa('docker', ['pause', await stack.containerId('db-replica')]);
    const { exitCode, data } = await stack.halabJson('status');
    expect(exitCode).toBe(3);
    expect(data).toMatchObject({ findings: [{ code: 'node-paused' }, { code: 'no-redundancy' }] });
    expect(await stack.halabJson('stop db-replica')).toMatchObject({
      exitCode: 0,
      data: { after: 'exited' },
    });
    expect((await stack.halab('up')).exitCode).toBe(0);
    await stack.untilHealthy();
  });
});
