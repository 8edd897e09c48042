import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { label } from '../../src/stack/labels.js';
import { type CliResult, runCli } from '../support/run-cli.js';
import { planTestStack, startTestStack, type TestStack } from '../support/stack.js';

let folder: string;
let classic: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halab-test-'));
  classic = await readFile(new URL('../../stack/topologies/classic.yaml', import.meta.url), 'utf8');
});
afterAll(() => rm(folder, { recursive: true }));

/** A topology file, made from the one that ships. */
async function writeTopology(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

async function expectNothingCreated({ name, operation: { engine } }: TestStack): Promise<void> {
  const ofStack = { [label.stack]: name };
  expect(await engine.listContainers(ofStack)).toEqual([]);
  expect(await engine.listVolumes(ofStack)).toEqual([]);
  expect(await engine.listNetworks(ofStack)).toEqual([]);
}

/** Holds a port as a program of the user's would. */
async function holdPort(): Promise<{ port: number } & AsyncDisposable> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  return { port: address.port, [Symbol.asyncDispose]: close };
}

describe('a port that is taken', () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack();
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  it('by a program: the port, the program and the remedy are named, and nothing is created', async () => {
    await using planned = await planTestStack();
    await using held = await holdPort();
    const { exitCode, stderr } = await planned.halab(`up --port-offset ${held.port - 5432}`);
    expect(exitCode).toBe(6);
    expect(stderr).toContain(`Port ${held.port}, which db-primary needs, is in use`);
    const tools = await Promise.all(['ss', 'lsof'].map((tool) => execa(tool, ['-v'], { reject: false })));
    if (tools.some(({ code }) => code !== 'ENOENT')) expect(stderr).toContain(`(process ${process.pid}).`);
    expect(stderr).toContain('halab up --port-offset 100, or --ports auto');
    await expectNothingCreated(planned);
  });

  it('by another stack: its container is named, and nothing is created', async () => {
    await using second = await planTestStack();
    const { nodes } = await stack.endpoints();
    const port = Number(new URL(nodes['db-primary'] ?? '').port);
    const { exitCode, stderr } = await second.halab(`up --port-offset ${port - 5432}`);
    expect(exitCode).toBe(6);
    expect(stderr).toContain(
      `Port ${port}, which db-primary needs, is in use by the container ${stack.name}-db-primary of the stack ${stack.name}.`,
    );
    await expectNothingCreated(second);
  });

  it('while a node was stopped: start and up name it, and the node starts once it is free', async () => {
    const port = Number(new URL((await stack.endpoints()).redisUrl).port);
    await stack.halab('stop redis');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    try {
      for (const command of ['up', 'start redis']) {
        const { exitCode, stderr } = await stack.halab(command);
        expect(exitCode, command).toBe(6);
        expect(stderr, command).toContain(`Port ${port}`);
      }
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    expect((await stack.halab('start redis')).exitCode).toBe(0);
    await stack.untilHealthy();
  });
});

describe('an engine that is gone', () => {
  it.each([['up'], ['status'], ['down'], ['failover --promote'], ['lab run failover'], ['serve']])(
    'halab %s names the address and the remedy, and exits 6',
    async (line) => {
      const { exitCode, stdout, stderr } = await runCli(line.split(' '), {
        env: { DOCKER_HOST: 'unix:///nonexistent' },
      });
      expect(exitCode).toBe(6);
      expect(stdout).toBe('');
      expect(stderr).toContain('No Docker Engine answers at unix:///nonexistent, which DOCKER_HOST names');
      expect(stderr).toContain('→ Start the engine, or point DOCKER_HOST at one');
    },
  );
});

describe('a topology file', () => {
  const upWith = async (text: string): Promise<CliResult & { file: string }> => {
    await using stack = await planTestStack();
    const file = await writeTopology('broken.yaml', text);
    const result = await stack.halab(`up --ports auto --topology ${file}`);
    await expectNothingCreated(stack);
    return { ...result, file };
  };
  const replaced = (from: string, to: string): string => {
    expect(classic).toContain(from);
    return classic.replace(from, to);
  };

  it.each([
    ['that is no YAML', () => replaced('port: 5433 }', 'port: 5433'), /:\d+:\d+: /],
    ['with a key that is not known', () => replaced('port: 6379', 'prot: 6379'), /:8:\d+: nodes\.redis/],
    [
      'with a word where a number belongs',
      () => replaced('port: 5433', 'port: many'),
      /:6:\d+: nodes\.db-replica/,
    ],
    [
      'with two primaries',
      () => replaced('role: replica', 'role: primary'),
      /:\d+:\d+: nodes must have one primary/,
    ],
    [
      'with a proxy to nowhere',
      () => replaced('writesTo: db-primary', 'writesTo: db-third'),
      /:7:\d+: .*db-third/,
    ],
    [
      'with one port for two nodes',
      () => replaced('5433', '5432'),
      /:6:\d+: .*5432 is the port of db-primary/,
    ],
    ['that is empty', () => '', /:1:1: /],
  ])(
    '%s is refused with file, line and column, exit code 2, and nothing is created',
    async (_what, text, place) => {
      const { exitCode, stderr, file } = await upWith(text());
      expect(exitCode).toBe(2);
      const at = stderr.indexOf(file);
      expect(at).toBeGreaterThanOrEqual(0);
      expect(stderr.slice(at + file.length)).toMatch(place);
      expect(stderr).toContain('[TOPOLOGY_INVALID]');
    },
  );

  it('that is not there is named, and the exit code is 2', async () => {
    const { exitCode, stderr } = await runCli(['up', '--topology', join(folder, 'missing.yaml')], {
      env: process.env,
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('missing.yaml cannot be read');
  });

  it('of the user’s own, with other names, makes a stack that fails over', async () => {
    await using stack = await planTestStack();
    const own = classic
      .replaceAll('db-primary', 'anna')
      .replaceAll('db-replica', 'ben')
      .replace('haproxy:', 'front:')
      .replace('redis:', 'memory:')
      .replace('name: classic', 'name: own');
    const file = await writeTopology('own.yaml', own);
    expect(await stack.halabJson(`up --ports auto --topology ${file}`)).toMatchObject({
      exitCode: 0,
      data: {
        topology: 'own',
        created: ['anna', 'ben', 'front', 'memory'],
        verification: { writtenTo: 'anna', replayedOn: ['ben'], redis: true },
      },
    });
    expect(await stack.halab('up')).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('STACK_EXISTS') as string,
    });
    expect(await stack.halabJson('failover --promote --force')).toMatchObject({
      exitCode: 0,
      data: { promoted: 'ben', fenced: ['anna'], verified: true },
    });
    expect(await stack.halabJson('start anna')).toMatchObject({ exitCode: 0, data: { role: 'replica' } });
    await stack.untilHealthy();
  });
});
