import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock/clock.js';
import { readRunKeys, removeRunRows } from '../../src/measure/final-read.js';
import { judgeLedger } from '../../src/measure/judge-ledger.js';
import { startLoad } from '../../src/measure/load.js';
import { noClients } from '../../src/measure/load-options.js';
import { startWriteTarget, type WriteTarget } from './measure-fixture.js';

let target: WriteTarget;
let api: Awaited<ReturnType<typeof startTinyApi>>;

beforeAll(async () => {
  target = await startWriteTarget();
  api = await startTinyApi(target.writeUrl);
});

afterAll(async () => {
  await api.close();
  await target[Symbol.asyncDispose]();
});

const wait = { timeoutMs: 10_000, onTimeout: () => new Error('too late') };
const rows = () => target.sql('SELECT count(*) FROM products');
const common = () => ({ writeUrl: target.writeUrl, apiUrl: api.url, clock: systemClock });

/** Ends the sessions of the load's own writers. */
const breakConnections = (): Promise<string> =>
  target.sql(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'halab-measure'",
  );

describe('measuring a real server', () => {
  it('finds every acknowledged write again across broken connections, and leaves the table as it was', async () => {
    const before = await rows();
    const run = { url: target.writeUrl, runId: 'across' };
    const load = await startLoad({ ...common(), runId: run.runId });
    await load.waitUntilSteady({ ...wait, writesPerClient: 10 });
    const watch = load.watch();
    await systemClock.sleep(200);
    watch.markFault();
    const faultMs = systemClock.nowMs();
    await breakConnections();
    const error = await load.waitForError({ ...wait, sinceMs: faultMs });
    await load.waitForAcknowledged({ ...wait, invokedSinceMs: error.atMs, path: 'proxy' });
    await load.waitForAcknowledged({ ...wait, invokedSinceMs: error.atMs, path: 'api' });
    await systemClock.sleep(200);
    const { outage, reads } = watch.end();
    await load.stop();

    const foundKeys = await readRunKeys(run);
    const ledger = await judgeLedger(load.ledger, foundKeys);
    expect(ledger).toMatchObject({ verdict: 'valid', lost: 0, unexpected: 0, failedYetPresent: 0 });
    expect(ledger.attempted).toBeGreaterThan(60);
    expect(load.errors().some(({ clientId }) => clientId.startsWith('proxy'))).toBe(true);
    expect(outage.write?.recovered).toBe(true);
    expect(outage.byPath.proxy?.outageMs).toBeGreaterThanOrEqual(outage.writeMs ?? Number.NaN);
    expect(reads).toMatchObject({ failed: 0 });

    // The checker itself: without one acknowledged write in the final read the run must fail.
    for await (const { key, outcome } of load.ledger.entries()) {
      if (outcome !== 'acknowledged') continue;
      foundKeys.delete(key);
      break;
    }
    expect(await judgeLedger(load.ledger, foundKeys)).toMatchObject({ verdict: 'invalid', lost: 1 });

    await expect(removeRunRows(run)).resolves.toBe(ledger.acknowledged + (ledger.recovered ?? 0));
    await expect(rows()).resolves.toBe(before);
  });

  it('leaves a write without an answer indeterminate, and finds it when it came through after all', async () => {
    const run = { url: target.writeUrl, runId: 'hung' };
    const one = { clients: 1, intervalMs: 10 };
    // A lock keeps the server from answering, as a standby that a commit waits for would.
    const locker = new Client({ connectionString: target.writeUrl });
    await locker.connect();
    const load = await startLoad({
      ...common(),
      runId: run.runId,
      groups: { proxyWriters: one, apiWriters: noClients, readers: noClients },
      statementTimeoutMs: 150,
    });
    await load.waitUntilSteady({ ...wait, writesPerClient: 3 });
    await locker.query('BEGIN; LOCK TABLE products IN SHARE ROW EXCLUSIVE MODE');
    const error = await load.waitForError({ ...wait, sinceMs: 0 });
    await load.stop();
    expect(error).toMatchObject({ errorCode: 'NO_ANSWER', entry: { outcome: 'indeterminate' } });
    await locker.query('COMMIT');
    await locker.end();
    // The server still has the statement of the client that left.
    await expect
      .poll(() => readRunKeys(run).then((keys) => [...keys].includes(error.entry?.key ?? '')))
      .toBe(true);
    await removeRunRows(run);
  });

  it('leaves no connection open after it stopped', async () => {
    const load = await startLoad({ ...common(), runId: 'leaks' });
    await load.waitUntilSteady({ ...wait, writesPerClient: 2 });
    await load.stop();
    const sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'halab-measure'";
    await expect.poll(() => target.sql(sessions)).toBe('0');
    await expect.poll(() => api.connections()).toBe(0);
    await removeRunRows({ url: target.writeUrl, runId: 'leaks' });
  });
});

/** As much of the products API as the clients use. */
async function startTinyApi(writeUrl: string) {
  const database = new Client({ connectionString: writeUrl });
  await database.connect();
  const server: Server = createServer((request, reply) => {
    if (request.method === 'GET') {
      reply.end('{"source":"primary","data":{}}');
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { sku, name, price } = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>;
      database
        .query('INSERT INTO products (sku, name, price) VALUES ($1, $2, $3)', [sku, name, price])
        .then(() => reply.writeHead(201).end('{}'))
        .catch(() => reply.writeHead(500).end());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () =>
      new Promise<number>((resolve) => {
        server.getConnections((_, count) => {
          resolve(count);
        });
      }),
    close: async () => {
      server.close();
      await database.end();
    },
  };
}
