import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MeasureResult } from '../../src/measure/measure-endpoint.js';
import { type CliResult, runCli } from '../support/run-cli.js';
import { startTestStack, type TestStack } from '../support/stack.js';

let stack: TestStack;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'halab-measure-'));
  stack = await startTestStack();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await stack[Symbol.asyncDispose]();
});

const measure = (words: string[], env: Record<string, string> = {}): Promise<CliResult> =>
  runCli(['measure', '--json', ...words], { env: { ...process.env, ...env } });

const resultOf = ({ stdout }: CliResult): MeasureResult => JSON.parse(stdout) as MeasureResult;

/** The administrator may make tables; the application of a stack may not. */
async function databases(): Promise<Record<string, string>> {
  const { writeUrl, nodes } = await stack.endpoints('postgres');
  return { HALAB_DSN: writeUrl, HALAB_READ_DSN: nodes['db-replica'] ?? '' };
}

const tables = (): Promise<string> =>
  stack.sql('db-primary', `SELECT count(*) FROM pg_tables WHERE tablename LIKE 'halab_measure%'`);

describe('measuring a database', () => {
  it('finds every acknowledged write, keeps the ledger where it is told to, and takes its tables away', async () => {
    const run = await measure(['--for', '1s', '--report', join(folder, 'first')], await databases());
    expect(run.exitCode, run.stderr).toBe(0);
    const { figures, ledger } = resultOf(run);
    expect(ledger).toMatchObject({ verdict: 'valid', lost: 0, unexpected: 0, failed: 0 });
    expect(ledger?.acknowledged).toBeGreaterThan(50);
    expect(figures.reads.good).toBeGreaterThan(50);
    expect(figures.updates.acknowledged).toBeGreaterThan(20);
    expect(figures.outage.writeMs).toBeGreaterThan(0);
    expect(Object.keys(figures.outage.byClientMs)).toHaveLength(4);
    expect(await tables()).toBe('0');
    const lines = readFileSync(join(folder, 'first', 'ledger.jsonl'), 'utf8')
      .trim()
      .split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(2 * (ledger?.attempted ?? 0));
    // A second run does not write over the first one's.
    const again = await measure(['--for', '1s', '--report', join(folder, 'first')], await databases());
    expect([again.exitCode, again.stdout]).toEqual([2, expect.stringContaining('FILE_NOT_WRITTEN')]);
  });

  it('proves reads of a lagging replica stale, with their age', async () => {
    expect((await stack.halab('fault lag db-replica --delay 300ms')).exitCode).toBe(0);
    const run = await measure(['--for', '2s'], await databases());
    expect((await stack.halab('heal')).exitCode).toBe(0);
    const { reads } = resultOf(run).figures;
    expect(reads.stale).toBeGreaterThan(reads.good / 2);
    expect(reads.oldestStaleMs).toBeGreaterThan(200);
  });

  it('sees the outage of a restart, and errors by their code', async () => {
    const measuring = measure(['--for', '4s'], await databases());
    await expect.poll(tables).toBe('2');
    expect((await stack.halab('restart db-primary')).exitCode).toBe(0);
    const run = await measuring;
    const { figures, ledger, errors } = resultOf(run);
    expect(ledger).toMatchObject({ verdict: 'valid', lost: 0 });
    expect((ledger?.failed ?? 0) + (ledger?.indeterminate ?? 0)).toBeGreaterThan(0);
    expect(figures.outage.writeMs).toBeGreaterThan(100);
    expect(Object.keys(errors).length).toBeGreaterThan(0);
  });

  it('that refuses its tables measures nothing, and says so', async () => {
    const { writeUrl } = await stack.endpoints();
    const run = await measure(['--for', '1s'], { HALAB_DSN: writeUrl });
    expect([run.exitCode, run.stdout]).toEqual([4, expect.stringContaining('ENDPOINT_REFUSED')]);
    const nobody = await measure(['--for', '1s'], { HALAB_DSN: 'postgres://app@127.0.0.1:9/shop' });
    expect([nobody.exitCode, nobody.stdout]).toEqual([4, expect.stringContaining('ECONNREFUSED')]);
  });
});

/** A service that is none of halab's: it keeps what is posted, and forgets every tenth. */
async function forgetfulService(): Promise<AsyncDisposable & { url: string }> {
  const kept = new Set<string>();
  let posts = 0;
  const server = createServer((request, reply) => {
    const { searchParams } = new URL(request.url ?? '', 'http://127.0.0.1');
    if (request.method === 'GET') {
      const id = searchParams.get('id');
      reply.writeHead(id === null || kept.has(id) ? 200 : 404).end('{}');
      return;
    }
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      posts += 1;
      if (posts % 10 !== 0) kept.add((JSON.parse(body) as { id: string }).id);
      reply.writeHead(201).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

describe('measuring a service', () => {
  it('finds what it acknowledged and forgot: exit code 3', async () => {
    await using service = await forgetfulService();
    const { url } = service;
    const run = await measure([
      ...['--for', '1s', '--clients', '2', '--url', url, '--post', url],
      ...['--body', '{"id":"{key}"}', '--find', `${url}?id={key}`],
    ]);
    const { ledger, figures } = resultOf(run);
    expect([run.exitCode, ledger?.verdict]).toEqual([3, 'invalid']);
    expect(ledger?.lost).toBe(Math.floor((ledger?.acknowledged ?? 0) / 10));
    expect(figures.reads.good).toBeGreaterThan(20);
  });

  it('that nobody can ask for its rows says nothing of loss', async () => {
    await using service = await forgetfulService();
    const run = await measure(['--for', '500ms', '--post', service.url, '--body', '{"id":"{key}"}']);
    expect([run.exitCode, resultOf(run).ledger]).toEqual([0, expect.objectContaining({ lost: null })]);
  });
});
