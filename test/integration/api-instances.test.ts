import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/stack/snapshot.js';
import type { UpResult } from '../../src/stack/up.js';
import { docker } from '../support/docker.js';
import { firstChunk, spawnHalab } from '../support/halab-process.js';
import { startTestStack, type TestStack } from '../support/stack.js';

let stack: TestStack;
/** HAProxy's port for the API. */
let url: string;

beforeAll(async () => {
  stack = await startTestStack();
  url = (await stack.endpoints()).apiUrl;
});
afterAll(() => stack[Symbol.asyncDispose]());

const wait = { timeout: 20_000, interval: 100 };

const up = async (words = ''): Promise<UpResult> => {
  const { exitCode, data } = await stack.halabJson(`up${words}`);
  expect(exitCode, JSON.stringify(data)).toBe(0);
  return data as UpResult;
};

const status = async (): Promise<Snapshot> => (await stack.halabJson('status')).data as Snapshot;

interface Answer {
  status: number;
  /** The instance that gave it; null for an answer of HAProxy's own. */
  instance: string | null;
}

async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(10_000) });
  await response.arrayBuffer();
  return { status: response.status, instance: response.headers.get('x-instance') };
}

const postProduct = (sku: string): Promise<Answer> =>
  ask('/products', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sku, name: 'Through one port', price: '1.00' }),
  });

/** The instances that answer, of more requests than there are instances. */
const answering = async (): Promise<string[]> => {
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask('/healthz')));
  return [...new Set(answers.map(({ status: code, instance }) => `${instance ?? 'none'} ${code}`))].sort();
};
const both = ['api-1 200', 'api-2 200'];

/** Part of the log line that tells of a change. */
const redisIs = (state: 'up' | 'down'): string => `"dependency":"redis","state":"${state}"`;

const workers = 4;

/** Reads products one after the other, in several connections, until the work is done; tells what failed. */
async function readWhile(work: () => Promise<unknown>): Promise<{ answered: number; failed: unknown[] }> {
  const failed: unknown[] = [];
  let answered = 0;
  let done = false;
  const read = async (): Promise<void> => {
    while (!done) {
      const answer = await ask(`/products/${1 + (answered % 1000)}`).catch((error: unknown) => error);
      if ((answer as Partial<Answer>).status === 200) answered += 1;
      else failed.push(answer);
    }
  };
  const readers = Promise.all(Array.from({ length: workers }, read));
  try {
    await work();
  } finally {
    done = true;
    await readers;
  }
  return { answered, failed };
}

describe('up --api', () => {
  it('does not take the port while halab serve has it, and leaves the proxy alone', async () => {
    const haproxy = await stack.containerId('haproxy');
    const serve = spawnHalab(['serve', '--stack', stack.name, '--json']);
    try {
      await firstChunk(serve.stdout);
      const { exitCode, stderr } = await stack.halab('up --api 2');
      expect(exitCode).toBe(6);
      expect(stderr).toContain(`Port ${new URL(url).port}, which haproxy needs, is in use by`);
      expect(await stack.containerId('haproxy')).toBe(haproxy);
    } finally {
      serve.kill('SIGTERM');
      await serve;
    }
    await stack.untilHealthy();
  });

  it('adds instances to a stack that runs, and no port changes', async () => {
    const before = await stack.endpoints();
    const { created, verification } = await up(' --api 2');
    expect(created).toEqual(['haproxy', 'api-1', 'api-2']);
    expect(verification).toMatchObject({ writtenTo: 'db-primary', apiInstances: ['api-1', 'api-2'] });
    expect(await stack.endpoints()).toEqual({
      ...before,
      nodes: { ...before.nodes, 'api-1': url, 'api-2': url },
    });
    await stack.untilHealthy();
    expect(await status()).toMatchObject({
      api: { url, instances: ['api-1', 'api-2'], answering: ['api-1', 'api-2'] },
    });
  });

  it('answers from every instance through the one port, from one alone when it is asked for by name', async () => {
    await expect.poll(answering, wait).toEqual(both);
    for (const instance of ['api-1', 'api-2']) {
      const answers = await Promise.all(
        Array.from({ length: 4 }, () => ask('/readyz', { headers: { 'x-instance': instance } })),
      );
      expect(answers).toEqual(answers.map(() => ({ status: 200, instance })));
    }
  });

  it('takes writes, which are on the replica a moment later', async () => {
    expect((await postProduct('ONE-PORT')).status).toBe(201);
    await expect
      .poll(() => stack.sql('db-replica', `SELECT name FROM products WHERE sku = 'ONE-PORT'`), wait)
      .toBe('Through one port');
  });

  it('keeps the instances when it is run again without the option', async () => {
    expect(await up()).toMatchObject({ created: [], started: [], removed: [] });
    await expect.poll(answering, wait).toEqual(both);
  });

  it('says to halab serve whose the port is, and what to do', async () => {
    const { exitCode, stderr } = await stack.halab('serve');
    expect(exitCode).toBe(6);
    expect(stderr).toContain('is that of the API’s instances: api-1, api-2. [PORT_TAKEN]');
    expect(stderr).toContain(`halab serve --port 0 --stack ${stack.name}`);
  });

  it('refuses a number that is none', async () => {
    for (const words of ['up --api 10', 'up --api two', 'up --api -1']) {
      expect((await stack.halab(words)).exitCode, words).toBe(2);
    }
  });
});

describe('an instance', () => {
  it('shows no password in its settings, its processes or its log', async () => {
    const id = await stack.containerId('api-1');
    const { redisUrl, writeUrl } = await stack.endpoints();
    const seen = [
      await docker('inspect', id),
      await docker('top', id, '-eo', 'pid,args'),
      await docker('exec', id, 'env'),
      ...(await stack.operation.engine.tailLogs(id, 10_000)),
    ].join('\n');
    expect(seen).toContain('Server listening');
    for (const { password } of [new URL(redisUrl), new URL(writeUrl)]) {
      expect(password).not.toBe('');
      expect(seen.includes(password)).toBe(false);
    }
  });

  it('is not root, and publishes no port of its own', async () => {
    const id = await stack.containerId('api-2');
    const [, ...processes] = (await docker('top', id, '-eo', 'pid,uid,args')).split('\n');
    expect(processes.length).toBeGreaterThan(0);
    for (const line of processes) expect(line).toMatch(/^ *\d+ +999 /);
    expect(await docker('port', id)).toBe('');
  });

  it('that is killed takes no more than the requests in flight with it, and status names the remedy', async () => {
    const { answered, failed } = await readWhile(async () => {
      await expect.poll(answering, wait).toEqual(both);
      await docker('kill', await stack.containerId('api-1'));
      await expect.poll(answering, wait).toEqual(['api-2 200']);
    });
    expect(answered).toBeGreaterThan(0);
    expect(failed.length, JSON.stringify(failed)).toBeLessThanOrEqual(workers);
    await expect.poll(status, wait).toMatchObject({
      healthy: false,
      api: { instances: ['api-1', 'api-2'], answering: ['api-2'] },
      findings: [{ code: 'node-stopped', hint: `halab start api-1 --stack ${stack.name}` }],
    });
    expect((await stack.halab('start api-1')).exitCode).toBe(0);
    await expect.poll(answering, wait).toEqual(both);
  });

  it('can be stopped and started under load: nobody notices, and its exit code is 0 within 5 s', async () => {
    const id = await stack.containerId('api-2');
    const { failed } = await readWhile(async () => {
      // After 5 s the engine would kill it: exit code 137.
      await docker('stop', '--time', '5', id);
      expect(await docker('inspect', '--format', '{{.State.ExitCode}}', id)).toBe('0');
      expect((await stack.halab('start api-2')).exitCode).toBe(0);
      await expect.poll(answering, wait).toEqual(both);
    });
    expect(failed).toEqual([]);
    expect((await stack.halab('logs api-2')).stdout).toContain('SIGTERM: ends what is in flight');
  });

  it('tells of a dependency that goes and comes once, however many requests see it', async () => {
    await stack.halab('stop redis');
    await readWhile(async () => {
      await expect
        .poll(async () => (await stack.halab('logs api-1')).stdout, wait)
        .toContain(redisIs('down'));
    });
    await stack.halab('start redis');
    await expect.poll(async () => (await stack.halab('logs api-1')).stdout, wait).toContain(redisIs('up'));
    const { stdout } = await stack.halab('logs api-1 -n 100000');
    // On a busy machine Redis may be late for more than this test's own reason, and each time is told once.
    const told = [...stdout.matchAll(/"dependency":"redis","state":"(up|down)"/g)].map(([, state]) => state);
    expect(told.slice(0, 2)).toEqual(['down', 'up']);
    expect(told.filter((state, index) => state === told[index - 1])).toEqual([]);
  });

  it('that was removed by hand is missed by status, and comes back with up', async () => {
    await docker('rm', '--force', await stack.containerId('api-2'));
    await expect
      .poll(status, wait)
      .toMatchObject({ findings: [{ code: 'api-missing', hint: `halab up --stack ${stack.name}` }] });
    expect((await up()).created).toEqual(['api-2']);
    await expect.poll(answering, wait).toEqual(both);
  });
});

it('a proxy that was removed by hand comes back with the port of the API', async () => {
  await docker('rm', '--force', await stack.containerId('haproxy'));
  expect((await up()).created).toEqual(['haproxy']);
  await expect.poll(answering, wait).toEqual(both);
});

it('more and fewer instances need no other proxy', async () => {
  const haproxy = await stack.containerId('haproxy');
  expect(await up(' --api 3')).toMatchObject({ created: ['api-3'], removed: [] });
  await expect.poll(answering, wait).toEqual([...both, 'api-3 200']);
  const { failed } = await readWhile(async () => {
    expect(await up(' --api 2')).toMatchObject({ created: [], removed: ['api-3'] });
  });
  // The reload ends the connections of the worker before it, with the requests in them.
  expect(failed.length, JSON.stringify(failed)).toBeLessThanOrEqual(workers);
  expect(await stack.containerId('haproxy')).toBe(haproxy);
  await stack.untilHealthy();
});

it('a failover keeps the port of the API: reads go on, and writes go to the new primary', async () => {
  await docker('kill', await stack.containerId('db-primary'));
  await expect.poll(async () => (await ask('/products/5')).status, wait).toBe(200);
  expect((await stack.halab('failover --promote')).exitCode).toBe(0);
  await expect.poll(async () => (await postProduct('AFTER-FAILOVER')).status, wait).toBe(201);
  expect(await stack.sql('db-replica', `SELECT count(*) FROM products WHERE sku = 'AFTER-FAILOVER'`)).toBe(
    '1',
  );
  await expect.poll(answering, wait).toEqual(both);
  expect((await stack.halab('start db-primary')).exitCode).toBe(0);
  await stack.untilHealthy();
  // A proxy that is made anew from now on must know of it too.
  expect((await up(' --api 1')).verification).toMatchObject({ writtenTo: 'db-replica' });
});

it('up --api 0 removes them and gives the port back to halab serve', async () => {
  const { created, removed, verification } = await up(' --api 0');
  expect({ created, removed }).toEqual({ created: ['haproxy'], removed: ['api-1'] });
  expect(verification).toMatchObject({ writtenTo: 'db-replica', apiInstances: [] });
  await expect(ask('/healthz')).rejects.toThrow();
  await stack.untilHealthy();
  expect(await status()).toMatchObject({ api: null });
  const serve = spawnHalab(['serve', '--stack', stack.name, '--json']);
  try {
    expect(JSON.parse(await firstChunk(serve.stdout))).toEqual({ apiUrl: url });
  } finally {
    serve.kill('SIGTERM');
    await serve;
  }
});

it('the program ends with exit code 2 and names the setting that it cannot use', async () => {
  const program = fileURLToPath(new URL('../../dist/programs/api.cjs', import.meta.url));
  const env = { WRITE_URL: 'postgres://app:geheim@127.0.0.1/shop', READ_URL: 'not-a-url', PORT: '0' };
  const { exitCode, stderr, stdout } = await execa('node', [program], { env, reject: false });
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toBe('halab-api: READ_URL must be a URL that begins with postgres:// or postgresql://.');
});
