import { execa } from 'execa';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectEngine } from '../../src/docker/connect-engine.js';
import type { Engine } from '../../src/docker/engine.js';
import { type HalabEvent, type StackHandle, startStack } from '../../src/index.js';
import { hasParts } from '../../src/stack/down.js';
import { firstChunk } from '../support/halab-process.js';
import { type CliResult, runCli } from '../support/run-cli.js';
import { newName } from '../support/stack.js';

let engine: Engine;
let stack: StackHandle;

beforeAll(async () => {
  engine = await connectEngine(process.env);
  stack = await startStack({ name: newName() });
});
afterAll(() => stack[Symbol.asyncDispose]());

const halab = (line: string, name = stack.name): Promise<CliResult> =>
  runCli([...line.split(' '), '--stack', name], { env: process.env });
/** What a command prints with `--json`. */
const json = async (line: string): Promise<unknown> =>
  JSON.parse((await halab(`${line} --json`)).stdout) as unknown;

async function insert(url: string, sku: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`INSERT INTO products (sku, name, price) VALUES ($1, 'Library', 1)`, [sku]);
  } finally {
    await client.end();
  }
}

describe('a handle', () => {
  it('has the endpoints that env prints, and each of them answers', async () => {
    expect(stack.endpoints).toEqual(await json('env'));
    expect(await stack.superuserEndpoints()).toEqual(await json('env --superuser'));
    await insert(stack.endpoints.writeUrl, 'LIBRARY-1');
    expect(stack.started).toMatchObject({ stack: stack.name, verification: { writtenTo: 'db-primary' } });
  });

  it('tells what status, faults and logs print', async () => {
    const { healthy, nodes, findings } = await stack.waitUntilHealthy();
    expect({ healthy, findings }).toEqual({ healthy: true, findings: [] });
    const printed = (await json('status')) as { nodes: { name: string }[] };
    expect(nodes.map(({ name }) => name)).toEqual(printed.nodes.map(({ name }) => name));
    expect(Object.keys(await stack.status()).sort()).toEqual(Object.keys(printed).sort());
    expect({ faults: await stack.faults() }).toEqual(await json('faults'));
    expect(await stack.logs('db-primary', 3)).toHaveLength(3);
  });

  it('serves the products API in this process', async () => {
    const api = await stack.serveApi();
    expect(api.url).toBe(stack.endpoints.apiUrl);
    expect((await fetch(`${api.url}/products/1`)).status).toBe(200);
    const { replica, primary } = api.stats().reads;
    expect(replica + primary).toBe(1);
    await expect(stack.serveApi()).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    await api.close();
    await expect(fetch(api.url)).rejects.toThrow();
  });

  it('refuses what the commands refuse, with their errors', async () => {
    await expect(stack.stop('db-nowhere')).rejects.toMatchObject({ code: 'NODE_NOT_FOUND', exitCode: 4 });
    await expect(stack.failover()).rejects.toMatchObject({ code: 'PRIMARY_ALIVE' });
    await expect(stack.heal()).rejects.toMatchObject({ code: 'NOTHING_TO_HEAL' });
    await expect(startStack({ name: stack.name })).rejects.toMatchObject({ code: 'STACK_EXISTS' });
    await stack.waitUntilHealthy();
  });

  it('breaks the stack, fails over, and brings the old primary back', async () => {
    expect(await stack.fault('kill', 'db-primary')).toMatchObject({ fault: 'kill', heldMs: null });
    await expect(stack.waitUntilHealthy({ timeoutMs: 300 })).rejects.toMatchObject({
      code: 'STACK_UNHEALTHY',
      lines: expect.arrayContaining([expect.stringContaining('db-primary')]) as string[],
    });
    expect({ faults: await stack.faults() }).toEqual(await json('faults'));

    expect(await stack.failover()).toMatchObject({
      promoted: 'db-replica',
      fenced: ['db-primary'],
      timeline: { before: 1, after: 2 },
      verified: true,
    });
    await insert(stack.endpoints.writeUrl, 'LIBRARY-2');
    expect(await stack.rejoin('db-primary')).toMatchObject({ node: 'db-primary', primary: 'db-replica' });
    await stack.waitUntilHealthy();
    expect((await stack.history()).map(({ operation }) => operation)).toEqual([
      'fault kill',
      'failover',
      'rejoin',
    ]);
  });

  it('lets one change at a time through, and swaps the roles', async () => {
    const [first, second] = await Promise.allSettled([stack.switchover(), stack.repair()]);
    expect(first).toMatchObject({ status: 'fulfilled', value: { primary: 'db-primary' } });
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'STACK_BUSY' } });
    await stack.waitUntilHealthy();
    expect(await stack.repair()).toMatchObject({ steps: [], healthy: true });
  });

  it('names the replicas that come and go among its endpoints', async () => {
    const before = Object.keys(stack.endpoints.nodes);
    expect(await stack.addReplica('reports')).toMatchObject({ added: 'reports', streamingReplicas: 2 });
    expect(Object.keys(stack.endpoints.nodes).sort()).toEqual([...before, 'reports'].sort());
    expect(stack.endpoints).toEqual(await json('env'));
    expect(await stack.removeReplica('reports')).toMatchObject({ removed: 'reports' });
    expect(Object.keys(stack.endpoints.nodes)).toEqual(before);
  });

  it('of a stack that was there before leaves it', async () => {
    {
      await using again = await startStack({ name: stack.name, reuse: true });
      expect(again.started).toMatchObject({ created: [], started: [] });
      expect(again.endpoints).toEqual(stack.endpoints);
    }
    await stack.waitUntilHealthy();
  });

  it('gives everything back, what is at work included', async () => {
    const { url } = await stack.serveApi({ port: 0 });
    const held = stack.fault('pause', 'redis', { forMs: 60_000 });
    const interrupted = expect(held).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await expect.poll(() => stack.faults()).toMatchObject([{ fault: 'pause', node: 'redis' }]);
    await stack[Symbol.asyncDispose]();
    await interrupted;
    expect(await hasParts(engine, stack.name)).toBe(false);
    await expect(fetch(url)).rejects.toThrow();
    await expect(stack.status()).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await stack[Symbol.asyncDispose]();
  });
});

describe('nothing is left', () => {
  it('of two stacks side by side whose test fails', async () => {
    const names: string[] = [];
    const failing = async (): Promise<void> => {
      const starts = [startStack(), startStack({ name: newName() })] as const;
      await using first = await starts[0];
      await using second = await starts[1];
      names.push(first.name, second.name);
      expect(first.name).toMatch(/^halab-[0-9a-f]{6}$/);
      expect(first.endpoints.writeUrl).not.toBe(second.endpoints.writeUrl);
      expect((await second.down()).containers).toHaveLength(4);
      throw new Error('an assertion');
    };
    await expect(failing()).rejects.toThrow('an assertion');
    expect(names).toHaveLength(2);
    for (const name of names) expect(await hasParts(engine, name)).toBe(false);
  });

  it('of a start that is called off half-way; one that was to be kept can be gone on with', async () => {
    const callOff = async (name: string, keep: boolean): Promise<void> => {
      const caller = new AbortController();
      const onEvent = (event: HalabEvent): void => {
        if (event.type !== 'step.started' || event.id !== 'start haproxy') return;
        caller.abort(new Error('Called off.'));
      };
      const start = startStack({ name, keep, signal: caller.signal, onEvent });
      await expect(start).rejects.toThrow('Called off.');
    };
    const [name, kept] = [newName(), newName()];
    await Promise.all([callOff(name, false), callOff(kept, true)]);
    expect(await hasParts(engine, name)).toBe(false);

    const again = await startStack({ name: kept, reuse: true });
    expect(again.started.created).toEqual([]);
    await again.down();
    expect(await hasParts(engine, kept)).toBe(false);
  });

  it('by a program that SIGTERM ends; one that is killed leaves a stack that ls shows and down removes', async () => {
    const holding = async (signal: NodeJS.Signals): Promise<string> => {
      const name = newName();
      const script = `
        import { startStack } from 'halab';
        const { name } = await startStack({ name: '${name}' });
        console.log(name);
        setInterval(() => undefined, 1000);`;
      const program = execa(process.execPath, ['--input-type=module', '-e', script], { reject: false });
      expect((await firstChunk(program.stdout)).trim()).toBe(name);
      program.kill(signal);
      expect(await program).toMatchObject({ signal });
      return name;
    };
    const [ended, killed] = await Promise.all([holding('SIGTERM'), holding('SIGKILL')]);
    expect(await hasParts(engine, ended)).toBe(false);
    expect((await halab('ls', killed)).stdout).toContain(killed);
    expect((await halab('down', killed)).exitCode).toBe(0);
    expect(await hasParts(engine, killed)).toBe(false);
  });
});

describe('without an engine', () => {
  it('startStack says which address was tried', async () => {
    const before = process.env['DOCKER_HOST'];
    process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:9';
    try {
      await expect(startStack()).rejects.toMatchObject({
        code: 'ENGINE_UNREACHABLE',
        exitCode: 6,
        message: expect.stringContaining('tcp://127.0.0.1:9') as string,
      });
    } finally {
      if (before === undefined) delete process.env['DOCKER_HOST'];
      else process.env['DOCKER_HOST'] = before;
    }
  });
});
