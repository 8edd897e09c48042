import { describe, expect, it } from 'vitest';
import { Ledger } from '../../../src/measure/ledger.js';
import { measure } from '../../../src/measure/measurement.js';
import { ReadLog } from '../../../src/measure/readers.js';

const observation = { fromMs: 0, faultMs: 50, untilMs: 1000 };
const punctuality = { maxLateMs: 2 };

describe('measurement', () => {
  it('collects what the clients felt', () => {
    const ledger = new Ledger();
    for (const atMs of [0, 10, 20, 30, 40, 50, 700, 710, 995]) {
      const entry = ledger.invoke({ clientId: 'proxy1', path: 'proxy', key: `k${atMs}` }, atMs - 1);
      ledger.complete(entry, { outcome: 'acknowledged', atMs });
    }
    const entry = ledger.invoke({ clientId: 'api1', path: 'api', key: 'open' }, 60);
    ledger.complete(entry, { outcome: 'indeterminate', atMs: 70, errorCode: 'ECONNRESET' });
    const reads = new ReadLog();
    for (let atMs = 0; atMs <= 1000; atMs += 10) reads.recordGood(atMs, atMs < 100 ? 'replica' : 'cache');
    reads.recordFailed();
    const foundKeys = new Set([...ledger.entries()].map(({ key }) => key));

    expect(measure({ load: { ledger, reads, punctuality }, observation, foundKeys })).toMatchObject({
      outage: {
        writeMs: 650,
        readMs: 10,
        resolutionMs: 10,
        readResolutionMs: 10,
        byPath: { proxy: { outageMs: 650 }, api: { recovered: false } },
      },
      ledger: {
        verdict: 'valid',
        attempted: 10,
        acknowledged: 9,
        lost: 0,
        recovered: 1,
        byPath: { api: { attempted: 1, indeterminate: 1 } },
      },
      reads: { good: 101, failed: 1, bySource: { cache: 91, replica: 10, primary: 0, unknown: 0 } },
      maxLateMs: 2,
    });
  });

  it('claims no outage of what nobody tried', () => {
    const load = { ledger: new Ledger(), reads: new ReadLog(), punctuality };
    expect(measure({ load, observation, foundKeys: undefined })).toMatchObject({
      outage: { writeMs: null, readMs: null, resolutionMs: null, write: null, read: null, byPath: {} },
      ledger: { verdict: 'unknown', lost: null },
    });
  });
});
