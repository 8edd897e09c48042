import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ledger } from '../../../src/measure/ledger.js';
import type { CompletedWrite } from '../../../src/measure/write-entry.js';
import { collect, history, recordHistory } from './histories.js';

const write = { clientId: 'proxy1', path: 'proxy', key: 'lab-a-proxy1-1' } as const;

describe('ledger', () => {
  it('shows a write in flight as indeterminate until it is completed', async () => {
    const ledger = new Ledger();
    const entry = ledger.invoke(write, 5);
    expect(ledger.counts()).toEqual({ attempted: 1, acknowledged: 0, failed: 0, indeterminate: 1 });
    ledger.complete(entry, { outcome: 'acknowledged', atMs: 8 });
    expect(ledger.counts('proxy')).toEqual({ attempted: 1, acknowledged: 1, failed: 0, indeterminate: 0 });
    expect(await collect(ledger.entries())).toEqual([
      { ...write, invokedAtMs: 5, completedAtMs: 8, outcome: 'acknowledged', errorCode: undefined },
    ]);
  });

  it('lists those that ended in the order of their ends, then those in flight', async () => {
    const ledger = new Ledger();
    const keys = ['first', 'second', 'third'];
    const [first, , third] = keys.map((key) => ledger.invoke({ ...write, key }, 0));
    if (first === undefined || third === undefined) throw new Error('There are three.');
    ledger.complete(third, { outcome: 'acknowledged', atMs: 1 });
    ledger.complete(first, { outcome: 'acknowledged', atMs: 2 });
    expect((await collect(ledger.entries())).map(({ key }) => key)).toEqual(['third', 'first', 'second']);
  });

  it('refuses a second end, a key in flight twice, and the end of a write that was not invoked', () => {
    const ledger = new Ledger();
    const entry = ledger.invoke(write, 0);
    expect(() => ledger.invoke(write, 3)).toThrow('is that of another write');
    ledger.complete(entry, { outcome: 'failed', atMs: 1, errorCode: '25006' });
    for (const other of [ledger, new Ledger()]) {
      expect(() => {
        other.complete(entry, { outcome: 'acknowledged', atMs: 2 });
      }).toThrow('is not in flight');
    }
  });

  it('tells of each end once, in the order of the ends', () => {
    const told: CompletedWrite[] = [];
    const ledger = new Ledger((entry) => told.push(entry));
    const first = ledger.invoke(write, 0);
    const second = ledger.invoke({ ...write, key: 'other' }, 1);
    ledger.complete(second, { outcome: 'acknowledged', atMs: 2 });
    ledger.complete(first, { outcome: 'indeterminate', atMs: 3, errorCode: 'ECONNRESET' });
    expect(told.map(({ key }) => key)).toEqual(['other', write.key]);
  });

  it('counts so that the outcomes always add up, on each path and on both', () => {
    fc.assert(
      fc.property(history, (writes) => {
        const ledger = recordHistory(writes);
        for (const counts of [ledger.counts(), ledger.counts('proxy'), ledger.counts('api')]) {
          expect(counts.attempted).toBe(counts.acknowledged + counts.failed + counts.indeterminate);
        }
        expect(ledger.counts().attempted).toBe(writes.length);
      }),
    );
  });
});
