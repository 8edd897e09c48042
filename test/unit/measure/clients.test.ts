import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock/clock.js';
import { getAtOnce, openHttpClient } from '../../../src/measure/http-exchange.js';
import { startLoad } from '../../../src/measure/load.js';
import { type Groups, noClients } from '../../../src/measure/load-options.js';
import { skuPrefix } from '../../../src/measure/run-id.js';
import { collect } from './histories.js';
import { api, closeServers, listen, sockets } from './local-servers.js';

/** Takes connections and never says a word, as a paused server behind a proxy does. */
const hungServer = (): Promise<number> => listen(createTcpServer());

async function refusedPort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

afterEach(closeServers);

const wait = { timeoutMs: 3000, onTimeout: () => new Error('too late') };
const one = { clients: 1, intervalMs: 5 };

describe('one HTTP exchange', () => {
  const post = (baseUrl: string) => {
    const client = openHttpClient({ baseUrl, answerTimeoutMs: 200 });
    return client.post('/products', { sku: 'x' }).finally(client.close);
  };

  it('tells an answer with its body', async () => {
    const url = await api((_, reply) => reply.writeHead(503).end('{"outcome":"not-applied"}'));
    await expect(post(url)).resolves.toMatchObject({
      kind: 'answered',
      status: 503,
      body: '{"outcome":"not-applied"}',
      isComplete: true,
    });
  });

  it('knows that nothing was sent when the connection was refused', async () => {
    await expect(post(`http://127.0.0.1:${await refusedPort()}`)).resolves.toEqual({
      kind: 'broken',
      sent: false,
      errorCode: 'ECONNREFUSED',
    });
  });

  it('knows that the request was sent when the connection breaks before the answer', async () => {
    const url = await api((request) => request.resume().on('end', () => request.socket.destroy()));
    await expect(post(url)).resolves.toEqual({ kind: 'broken', sent: true, errorCode: 'ECONNRESET' });
  });

  it('gives up on a server that does not answer', async () => {
    await expect(post(`http://127.0.0.1:${await hungServer()}`)).resolves.toEqual({
      kind: 'broken',
      sent: true,
      errorCode: 'NO_ANSWER',
    });
  });

  it('keeps the status of an answer whose body breaks off', async () => {
    const url = await api((request, reply) => {
      reply.writeHead(201, { 'content-length': 100 }).write('{');
      setTimeout(() => request.socket.destroy(), 20);
    });
    await expect(post(url)).resolves.toMatchObject({ kind: 'answered', status: 201, isComplete: false });
  });

  it('uses one connection for one request after another', async () => {
    const url = await api((_, reply) => reply.end('{}'));
    const client = openHttpClient({ baseUrl: url, answerTimeoutMs: 200 });
    for (let count = 0; count < 3; count += 1) await client.get('/products/1');
    client.close();
    expect(sockets.size).toBe(1);
  });

  it('waits, ready on its connection, until it is sent', async () => {
    const asked: (string | undefined)[] = [];
    const baseUrl = await api(({ url }, reply) => {
      asked.push(url);
      reply.end('{}');
    });
    const early = openHttpClient({ baseUrl, answerTimeoutMs: 200 });
    const late = openHttpClient({ baseUrl, answerTimeoutMs: 200 });
    const send = await early.prepareGet('/products/1');
    await late.get('/products/2');
    await expect(send()).resolves.toMatchObject({ kind: 'answered', status: 200 });
    expect(asked).toEqual(['/products/2', '/products/1']);

    const answers = await getAtOnce([early, late], '/products/3');
    expect(answers).toMatchObject([{ status: 200 }, { status: 200 }]);
    early.close();
    late.close();
    expect(sockets.size).toBe(2);
  });

  it('of many at once says of each that the server is gone', async () => {
    const baseUrl = `http://127.0.0.1:${await refusedPort()}`;
    const client = openHttpClient({ baseUrl, answerTimeoutMs: 200 });
    expect(await getAtOnce([client], '/products/1')).toMatchObject([{ errorCode: 'ECONNREFUSED' }]);
    client.close();
  });
});

describe('a load', () => {
  const load = { runId: 'unit1', clock: systemClock, writeUrl: '', apiUrl: '' };
  const only = (groups: Partial<Groups>) => ({
    groups: { proxyWriters: noClients, apiWriters: noClients, readers: noClients, ...groups },
  });

  it('writes through the API and sorts what comes back', async () => {
    let count = 0;
    const apiUrl = await api((request, reply) => {
      count += 1;
      if (count === 3) reply.writeHead(503).end('{"outcome":"not-applied"}');
      else if (count === 4) request.socket.destroy();
      else reply.writeHead(201).end('{}');
    });
    const running = await startLoad({ ...load, apiUrl, ...only({ apiWriters: one }) });
    const error = await running.waitForError({ ...wait, sinceMs: 0 });
    expect(error).toMatchObject({ clientId: 'api1', errorCode: 'HTTP 503', entry: { outcome: 'failed' } });
    await running.waitUntilSteady({ ...wait, writesPerClient: 5 });
    await running.stop();
    expect((await collect(running.ledger.entries())).slice(0, 5).map(({ outcome }) => outcome)).toEqual([
      'acknowledged',
      'acknowledged',
      'failed',
      'indeterminate',
      'acknowledged',
    ]);
  });

  it('counts a turn without a connection as one failed write, at the pace of the client', async () => {
    const writeUrl = `postgres://app:x@127.0.0.1:${await refusedPort()}/shop`;
    const startMs = systemClock.nowMs();
    const running = await startLoad({ ...load, writeUrl, ...only({ proxyWriters: one }) });
    await expect
      .poll(() => running.ledger.counts('proxy').failed, { interval: 5, timeout: wait.timeoutMs })
      .toBeGreaterThan(5);
    await running.stop();
    const turns = (systemClock.nowMs() - startMs) / one.intervalMs;
    const { attempted, failed } = running.ledger.counts('proxy');
    expect(failed).toBe(attempted);
    // The first turn comes at once, and a timer up to a millisecond early.
    expect(attempted).toBeLessThanOrEqual(Math.ceil(turns) + 1);
    expect(running.errors()[0]).toMatchObject({ clientId: 'proxy1', errorCode: 'ECONNREFUSED' });
  });

  it('does not wait longer than asked for a server that takes connections and says nothing', async () => {
    const writeUrl = `postgres://app:x@127.0.0.1:${await hungServer()}/shop`;
    const proxyWriters = { clients: 1, intervalMs: 5 };
    const running = await startLoad({
      ...load,
      writeUrl,
      ...only({ proxyWriters }),
      connectTimeoutMs: 30,
    });
    const error = await running.waitForError({ ...wait, sinceMs: 0 });
    await running.stop();
    expect(error).toMatchObject({ errorCode: 'NO_ANSWER', entry: { outcome: 'failed' } });
  });

  it('leaves the write in flight indeterminate when it is interrupted, and ends at once', async () => {
    const arrived: string[] = [];
    const apiUrl = await api((request) => request.resume().on('end', () => arrived.push('')));
    const interruption = new AbortController();
    const running = await startLoad({
      ...load,
      apiUrl,
      ...only({ apiWriters: one }),
      signal: interruption.signal,
    });
    const waiting = running.waitUntilSteady({ ...wait, writesPerClient: 1 });
    while (arrived.length === 0) await systemClock.sleep(1);
    interruption.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
    await running.stop();
    expect(running.ledger.counts()).toMatchObject({ attempted: 1, indeterminate: 1 });
  });

  it('reads, tells where answers came from, and takes nothing but a whole 200 for good', async () => {
    const answers = ['{"source":"cache","data":{}}', '{"source":"replica","data":{}}', undefined];
    const paths: string[] = [];
    const apiUrl = await api((request, reply) => {
      const answer = answers[paths.length];
      paths.push(request.url ?? '');
      if (answer === undefined) reply.writeHead(503).end('{}');
      else reply.end(answer);
    });
    const running = await startLoad({ ...load, apiUrl, ...only({ readers: one }), productCount: 2 });
    const watch = running.watch();
    while (watch.figures().reads.failed === 0) await systemClock.sleep(2);
    await running.stop();
    expect(watch.end().reads).toMatchObject({ good: 2, bySource: { cache: 1, replica: 1 } });
    expect(paths.slice(0, 3)).toEqual(['/products/1', '/products/2', '/products/1']);
  });

  it('tells live figures', async () => {
    const apiUrl = await api((_, reply) => reply.writeHead(201).end('{}'));
    const events: unknown[] = [];
    const emit = (event: unknown) => events.push(event);
    const running = await startLoad({ ...load, apiUrl, ...only({ apiWriters: one }), emit });
    while (events.length < 2) await systemClock.sleep(10);
    await running.stop();
    expect(events[1]).toMatchObject({ type: 'load', failed: 0 });
  });
});

describe('the id of a run', () => {
  it('has a form in which no prefix begins another, and no sku becomes too long', () => {
    expect(skuPrefix('A1')).toBe('lab-A1-');
    for (const bad of ['', 'a-b', 'a%', 'a_b', 'x'.repeat(33)])
      expect(() => skuPrefix(bad)).toThrow(RangeError);
  });
});
