import { describe, expect, it } from 'vitest';
import { isOverRuns, judgeClaim, parseClaim } from '../../../src/labs/figures/assertions.js';
import type { Measured } from '../../../src/labs/figures/figures.js';
import { judgeWrites } from '../../../src/measure/verdict.js';
import { Watch } from '../../../src/measure/watch.js';

/** A run whose writes paused for this long, with a part that has the same figures and brought some of its own. */
function run(outageMs: number, extra: Record<string, number> = {}): Measured {
  const watch = new Watch(0);
  for (const atMs of [0, 10, 10 + outageMs, 20 + outageMs])
    watch.write({
      clientId: 'proxy1',
      path: 'proxy',
      key: String(atMs),
      invokedAtMs: atMs,
      completedAtMs: atMs,
      outcome: 'acknowledged',
      errorCode: undefined,
    });
  const whole = watch.figures(20 + outageMs);
  return { whole, windows: [{ name: 'before', extra, ...whole }], ledger: null };
}

const judge = (text: string, ...runs: Measured[]) => judgeClaim(parseClaim(text), runs);

describe('an assertion', () => {
  it.each([
    ['write outage < 2s', true, '400 ms'],
    ['write outage > 2s', false, '400 ms'],
    ['write outage in before >= 400ms', true, '400 ms'],
    ['acknowledged writes == 4', true, '4'],
    ['failed writes != 0', false, '0'],
    ['queries in before < 0.5 x acknowledged writes in before', true, '1 against 4'],
    ['write outage in before <= write outage', true, '400 ms against 400 ms'],
  ])('"%s" is %s of a run with an outage of 400 ms', (text, passed, observed) => {
    expect(judge(text, run(400, { queries: 1 }))).toEqual({ text, passed, observed });
  });

  it('of what was not measured decides nothing', () => {
    expect(judge('read outage < 2s', run(400))).toMatchObject({ passed: null, observed: 'unknown' });
    expect(judge('lost == 0', run(400))).toMatchObject({ passed: null });
    expect(judge('queries in before == 0', run(400))).toMatchObject({ passed: null });
  });

  it('of lost writes is decided by the final read', async () => {
    const { writes } = run(1).whole;
    const byPath = { proxy: writes, api: writes, direct: writes };
    const ledger = { ...(await judgeWrites([], [])), byPath, lost: 3, lostByPart: { before: 2 } };
    expect(judge('lost in before == 2', { ...run(400), ledger })).toMatchObject({ passed: true });
    expect(judge('lost == 0', { ...run(400), ledger })).toMatchObject({
      passed: false,
      observed: '3',
    });
  });

  it('with an aggregate speaks of all runs together', () => {
    const runs = [100, 200, 900].map((ms) => run(ms));
    expect(judge('write outage median < 300ms', ...runs)).toMatchObject({ passed: true, observed: '200 ms' });
    expect(judge('write outage max < 300ms', ...runs)).toMatchObject({ passed: false, observed: '900 ms' });
    expect(isOverRuns(parseClaim('write outage median < 300ms'))).toBe(true);
    expect(isOverRuns(parseClaim('write p99 < 300ms'))).toBe(false);
  });

  it('of a p95 needs twenty runs', () => {
    const runs = Array.from({ length: 20 }, (_, index) => run((index + 1) * 10));
    expect(judge('write outage p95 < 195ms', ...runs)).toMatchObject({ passed: true, observed: '190 ms' });
    expect(judge('write outage p95 < 195ms', ...runs.slice(1))).toMatchObject({ passed: null });
  });

  it.each([
    ['wirte outage < 2s', 'did you mean "write outage"?'],
    ['write outage', 'is not of the form'],
    ['write outage < 2', 'is not a number with its unit'],
    ['lost == 0s', 'is not a number'],
    ['recovered in before == 0', 'is known of the whole run only'],
    ['write outage < lost', 'is no duration and cannot be compared'],
    ['write outage ~ 2s', 'is not of the form'],
  ])('"%s" is none, and says why', (text, why) => {
    expect(() => parseClaim(text)).toThrow(why);
  });
});
