import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { originOf, systemClock } from '../../../src/clock/clock.js';
import { noClients } from '../../../src/measure/load-options.js';
import { createLoadService, type LoadProgress } from '../../../src/measure/load-service.js';
import { api, closeServers } from './local-servers.js';

const folder = mkdtempSync(join(tmpdir(), 'halab-load-'));
let runs = 0;
const closing: (() => Promise<void>)[] = [];

const accepting: RequestListener = (_, reply) => reply.writeHead(201).end('{}');

function newService(onProgress: (progress: LoadProgress) => void = () => undefined) {
  const { service, close } = createLoadService(onProgress);
  closing.push(close);
  return service;
}
/** Clients that write through the API, and no others. */
function options(apiUrl: string, clients = 1) {
  runs += 1;
  return {
    writeUrl: '',
    apiUrl,
    runId: `service${runs}`,
    originMs: originOf(systemClock),
    groups: { proxyWriters: noClients, apiWriters: { clients, intervalMs: 2 }, readers: noClients },
    registerIds: [],
    ledgerPath: join(folder, `ledger-${runs}.jsonl`),
    registersPath: join(folder, `registers-${runs}.jsonl`),
  };
}

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  closeServers();
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('a load that is asked by messages', () => {
  it('has each write in one of the watches that follow each other', async () => {
    const service = newService();
    expect(await service.start(options(await api(accepting), 4))).toBe(4);
    const [whole, part] = [service.watch(), service.watch()];
    const parts = [];
    for (let count = 0; count < 20; count += 1) {
      await systemClock.sleep(5);
      parts.push(service.renew(part));
    }
    await service.stop();
    parts.push(service.end(part));
    const written = parts.map(({ writes }) => writes.acknowledged);
    expect(written.reduce((sum, each) => sum + each, 0)).toBe(service.end(whole).writes.acknowledged);
    expect(Math.max(...written)).toBeGreaterThan(0);
  });

  it('says whether all clients wrote steadily in time', async () => {
    const steady = newService();
    await steady.start(options(await api(accepting), 2));
    expect(await steady.steady({ writesPerClient: 3, timeoutMs: 5000 })).toBe(true);
    await steady.stop();
    const hung = newService();
    await hung.start(options(await api(() => undefined)));
    expect(await hung.steady({ writesPerClient: 1, timeoutMs: 30 })).toBe(false);
  });

  it('sends its clients to another API when it is told', async () => {
    const service = newService();
    await service.start(options(await api(accepting)));
    await service.steady({ writesPerClient: 1, timeoutMs: 5000 });
    let asked = 0;
    const next = await api((_, reply) => {
      asked += 1;
      reply.writeHead(201).end('{}');
    });
    service.useApi(next);
    await expect.poll(() => asked).toBeGreaterThan(2);
    const watch = service.watch();
    await service.stop();
    expect(service.end(watch).writes).toMatchObject({ failed: 0, indeterminate: 0 });
  });

  it('tells live figures', async () => {
    const told: LoadProgress[] = [];
    const service = newService((progress) => told.push(progress));
    await service.start(options(await api(accepting)));
    await expect.poll(() => told.length).toBeGreaterThan(1);
    expect(told[1]).toMatchObject({ type: 'load', failed: 0 });
  });

  it('leaves a ledger that knows of the write in flight when it is let go', async () => {
    const { service, close } = createLoadService(() => undefined);
    const asked = options(await api(() => undefined));
    await service.start(asked);
    await expect.poll(() => service.attempted()).toBe(1);
    await close();
    const lines = readFileSync(asked.ledgerPath, 'utf8').trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(['invoke', 'info']);
  });

  it('refuses to answer before it was started, and for a watch that has ended', async () => {
    const service = newService();
    expect(() => service.watch()).toThrow('not started');
    await service.start(options(await api(accepting)));
    const watch = service.watch();
    service.end(watch);
    expect(() => service.figures(watch)).toThrow(`no watch ${watch}`);
  });
});
