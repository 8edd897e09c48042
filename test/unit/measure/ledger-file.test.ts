import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ledger } from '../../../src/measure/ledger.js';
import { openLedgerFile, readLedgerFile } from '../../../src/measure/ledger-file.js';
import { openRegisterFile } from '../../../src/measure/register-history.js';
import { collect } from './histories.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halab-ledger-'));
  path = join(folder, 'ledger.jsonl');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const linesOf = (file: string): Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const write = { clientId: 'proxy1', path: 'proxy' } as const;

describe('a ledger file', () => {
  it('has the line of a write before the write can be sent', () => {
    using file = openLedgerFile(path);
    new Ledger(undefined, file).invoke({ ...write, key: 'a' }, 5);
    expect(linesOf(path)).toEqual([
      {
        index: 0,
        type: 'invoke',
        f: 'add',
        value: 'a',
        process: 0,
        time: 5_000_000,
        client: 'proxy1',
        path: 'proxy',
      },
    ]);
  });

  it('gives back every write as it was recorded', async () => {
    using file = openLedgerFile(path);
    const ledger = new Ledger(undefined, file);
    const first = ledger.invoke({ ...write, key: 'a' }, 1.25);
    const second = ledger.invoke({ clientId: 'api1', path: 'api', key: 'b' }, 2);
    ledger.complete(second, { outcome: 'indeterminate', atMs: 3, errorCode: 'HTTP 502 "bad"' });
    ledger.complete(first, { outcome: 'acknowledged', atMs: 4.5 });
    ledger.invoke({ ...write, key: 'c' }, 5);
    const all = [
      {
        ...write,
        key: 'b',
        clientId: 'api1',
        path: 'api',
        invokedAtMs: 2,
        completedAtMs: 3,
        outcome: 'indeterminate',
        errorCode: 'HTTP 502 "bad"',
      },
      {
        ...write,
        key: 'a',
        invokedAtMs: 1.25,
        completedAtMs: 4.5,
        outcome: 'acknowledged',
        errorCode: undefined,
      },
      {
        ...write,
        key: 'c',
        invokedAtMs: 5,
        completedAtMs: undefined,
        outcome: undefined,
        errorCode: undefined,
      },
    ];
    expect(await collect(ledger.entries())).toEqual(all);
  });

  it('has a client go on as a new process after an operation whose end nobody knows', () => {
    using file = openLedgerFile(path);
    const ledger = new Ledger(undefined, file);
    for (const key of ['a', 'b'])
      ledger.complete(ledger.invoke({ ...write, key }, 0), {
        outcome: 'indeterminate',
        atMs: 1,
        errorCode: 'X',
      });
    ledger.invoke({ ...write, key: 'c' }, 2);
    expect(linesOf(path).map(({ type, process }) => [type, process])).toEqual([
      ['invoke', 0],
      ['info', 0],
      ['invoke', 1],
      ['info', 1],
      ['invoke', 2],
    ]);
  });

  it('ends with a read of all that was found, and the writes leave it out', async () => {
    using file = openLedgerFile(path);
    const ledger = new Ledger(undefined, file);
    ledger.complete(ledger.invoke({ ...write, key: 'a' }, 0), { outcome: 'acknowledged', atMs: 1 });
    file.finalRead(['a', 'z'], 2, 3);
    expect(await collect(ledger.entries())).toHaveLength(1);
    expect(linesOf(path).slice(-2)).toMatchObject([
      { type: 'invoke', f: 'read', value: null },
      { type: 'ok', f: 'read', value: ['a', 'z'], time: 3_000_000 },
    ]);
  });

  it('of a process that was killed is read up to the line that was cut off', async () => {
    const whole =
      '{"index":0,"type":"invoke","f":"add","value":"a","process":0,"time":1,"client":"x","path":"api"}';
    writeFileSync(path, `${whole}\n{"index":1,"ty`);
    expect(await collect(readLedgerFile(path))).toMatchObject([{ key: 'a', outcome: undefined }]);
    writeFileSync(path, `{"index":1,"ty\n${whole}\n`);
    await expect(collect(readLedgerFile(path))).rejects.toThrow(SyntaxError);
  });

  it('is never written over', () => {
    using _first = openLedgerFile(path);
    expect(() => openLedgerFile(path)).toThrow('EEXIST');
  });
});

describe('a file of registers', () => {
  it('has a transaction of one read or write in each line', () => {
    using file = openRegisterFile(path);
    file.wrote('w', 2, 7, 1);
    file.read('r', 2, 2);
    file.writeEnded('w', 'acknowledged', 3);
    file.readEnded('r', 6, 4);
    file.read('r', 2, 5);
    file.readEnded('r', undefined, 6);
    file.read('r', 2, 7);
    expect(linesOf(path).map(({ type, f, value, process }) => [type, f, value, process])).toEqual([
      ['invoke', 'txn', [['w', 'r2', 7]], 0],
      ['invoke', 'txn', [['r', 'r2', null]], 1],
      ['ok', 'txn', [['w', 'r2', 7]], 0],
      ['ok', 'txn', [['r', 'r2', 6]], 1],
      ['invoke', 'txn', [['r', 'r2', null]], 1],
      ['fail', 'txn', [['r', 'r2', null]], 1],
      ['invoke', 'txn', [['r', 'r2', null]], 1],
    ]);
  });
});
