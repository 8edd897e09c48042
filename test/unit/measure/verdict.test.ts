import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeWrites } from '../../../src/measure/verdict.js';
import type { WriteEntry } from '../../../src/measure/write-entry.js';
import { collect, history, keyOf, recordHistory } from './histories.js';

const entries = (
  ...outcomes: ('acknowledged' | 'failed' | 'indeterminate' | undefined)[]
): Promise<WriteEntry[]> =>
  collect(recordHistory(outcomes.map((outcome) => ({ path: 'proxy', outcome, durationMs: 1 }))).entries());

describe('verdict', () => {
  it('is unknown without a final read, and gives no figure of loss', async () => {
    expect(await judgeWrites(await entries('acknowledged', 'failed'), undefined)).toMatchObject({
      verdict: 'unknown',
      attempted: 2,
      lost: null,
      recovered: null,
      unexpected: null,
    });
  });

  it('is unknown when no write was acknowledged: nothing could have been lost', async () => {
    const { verdict } = await judgeWrites(await entries('failed', 'indeterminate'), new Set());
    expect(verdict).toBe('unknown');
  });

  it('is valid when every acknowledged write is there, and counts what was there unasked as recovered', async () => {
    const found = new Set([keyOf(0), keyOf(1), keyOf(2), keyOf(4)]);
    expect(
      await judgeWrites(
        await entries('acknowledged', 'indeterminate', undefined, 'indeterminate', 'failed'),
        found,
      ),
    ).toMatchObject({ verdict: 'valid', lost: 0, recovered: 3, unexpected: 0, failedYetPresent: 1 });
  });

  it('names what was lost and what nobody wrote', async () => {
    expect(await judgeWrites(await entries('acknowledged'), new Set(['stranger']))).toMatchObject({
      verdict: 'invalid',
      lost: 1,
      lostKeys: [keyOf(0)],
      unexpected: 1,
      unexpectedKeys: ['stranger'],
    });
  });

  it.each([0, 1, 100])('reports %i lost when that many acknowledged writes are missing', async (missing) => {
    const writes = await entries(...Array.from({ length: 150 }, () => 'acknowledged' as const));
    const found = new Set(writes.slice(missing).map(({ key }) => key));
    const verdict = await judgeWrites(writes, found);
    expect(verdict.lost).toBe(missing);
    expect(verdict.lostKeys).toHaveLength(Math.min(missing, 20));
  });

  it('holds to the set model whatever happened', async () => {
    const strangers = fc.array(fc.string().map((text) => `stranger-${text}`));
    await fc.assert(
      fc.asyncProperty(history, fc.func(fc.boolean()), strangers, async (writes, isFound, extra) => {
        const all = await collect(recordHistory(writes).entries());
        const found = new Set([...all.map(({ key }) => key).filter((key) => isFound(key)), ...extra]);
        const verdict = await judgeWrites(all, found);
        const { attempted, acknowledged, failed, indeterminate, lost, recovered, unexpected } = verdict;
        expect(attempted).toBe(acknowledged + failed + indeterminate);
        const acknowledgedKeys = all
          .filter(({ outcome }) => outcome === 'acknowledged')
          .map(({ key }) => key);
        expect(acknowledgedKeys).toEqual(expect.arrayContaining(verdict.lostKeys));
        // Every key that was found is one of: kept, recovered, unexpected.
        expect(acknowledged - (lost ?? 0) + (recovered ?? 0) + (unexpected ?? 0)).toBe(found.size);
        expect(verdict.failedYetPresent).toBeLessThanOrEqual(recovered ?? 0);
      }),
    );
  });

  it('notices when one acknowledged write is left out of the final read', async () => {
    const some = fc.integer({ min: 0, max: 1_000_000 });
    await fc.assert(
      fc.asyncProperty(history, some, async (writes, choice) => {
        const ledger = recordHistory([...writes, { path: 'api', outcome: 'acknowledged', durationMs: 1 }]);
        const acknowledged = (await collect(ledger.entries())).filter(
          ({ outcome }) => outcome === 'acknowledged',
        );
        const found = new Set(acknowledged.map(({ key }) => key));
        expect((await judgeWrites(ledger.entries(), found)).verdict).toBe('valid');
        found.delete(acknowledged[choice % acknowledged.length]?.key ?? '');
        expect(await judgeWrites(ledger.entries(), found)).toMatchObject({ verdict: 'invalid', lost: 1 });
      }),
    );
  });
});
