import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Outage, OutageTracker } from '../../../src/measure/outage.js';

const everyMs = (stepMs: number, fromMs: number, untilMs: number): number[] => {
  const times = [];
  for (let atMs = fromMs; atMs <= untilMs; atMs += stepMs) times.push(atMs);
  return times;
};

const observation = { fromMs: 0, faultMs: 500, untilMs: 2000 };

/** The outage of good operations at these times, in order; the fault comes after one at the same moment. */
function outageOf(goodMs: readonly number[], changed: Partial<typeof observation> = {}): Outage {
  const { fromMs, faultMs, untilMs } = { ...observation, ...changed };
  const tracker = new OutageTracker(fromMs);
  const sorted = goodMs.filter((atMs) => atMs >= fromMs).toSorted((a, b) => a - b);
  for (const atMs of sorted) {
    if (atMs > faultMs) tracker.markFault();
    tracker.good(atMs);
  }
  tracker.markFault();
  return tracker.end(untilMs);
}

describe('outage', () => {
  it('is the gap between the last good write before a kill and the first after the failover', () => {
    expect(outageOf([...everyMs(5, 0, 500), ...everyMs(5, 1150, 2000)])).toEqual({
      outageMs: 650,
      lastGoodMs: 500,
      firstGoodMs: 1150,
      recovered: true,
      resolutionMs: 5,
    });
  });

  it('is found when it begins a while after the fault, as in a switchover', () => {
    expect(outageOf([...everyMs(5, 0, 800), ...everyMs(5, 1000, 2000)])).toMatchObject({
      outageMs: 200,
      lastGoodMs: 800,
    });
  });

  it('ignores a longer gap that was over before the fault, and counts it as what the clients cannot resolve', () => {
    expect(
      outageOf([...everyMs(5, 0, 100), ...everyMs(5, 400, 500), 700, ...everyMs(5, 705, 2000)]),
    ).toMatchObject({ outageMs: 200, resolutionMs: 300 });
  });

  it('lasts until the end of the observation when no good write followed', () => {
    expect(outageOf(everyMs(5, 0, 490))).toMatchObject({
      outageMs: 1510,
      lastGoodMs: 490,
      firstGoodMs: null,
      recovered: false,
    });
  });

  it('counts a path that came back and was lost again as not recovered', () => {
    expect(outageOf([...everyMs(5, 0, 500), 600, 605])).toMatchObject({
      outageMs: 1395,
      lastGoodMs: 605,
      recovered: false,
    });
  });

  it('does not take the pause of stopping for an outage', () => {
    expect(outageOf([...everyMs(5, 0, 500), ...everyMs(3, 501, 1998)])).toMatchObject({ outageMs: 3 });
    expect(outageOf([...everyMs(5, 0, 500), ...everyMs(3, 501, 1995)])).toMatchObject({
      outageMs: 5,
      firstGoodMs: null,
      recovered: true,
    });
  });

  it('has neither a resolution nor a last good write when nothing was good before the fault', () => {
    expect(outageOf([900])).toEqual({
      outageMs: 1100,
      lastGoodMs: 900,
      firstGoodMs: null,
      recovered: false,
      resolutionMs: null,
    });
    expect(outageOf([])).toMatchObject({ outageMs: 2000, recovered: false });
  });

  it('leaves out what was good before all clients were at work', () => {
    expect(outageOf([10, ...everyMs(5, 300, 2000)], { fromMs: 300 }).resolutionMs).toBe(5);
  });

  it('is without a fault the longest gap there was, and has no resolution', () => {
    const tracker = new OutageTracker(0);
    for (const atMs of [10, 20, 80, 90]) tracker.good(atMs);
    expect(tracker.end(95)).toMatchObject({
      outageMs: 60,
      lastGoodMs: 20,
      firstGoodMs: 80,
      resolutionMs: null,
    });
  });

  it('counts from the first of several faults', () => {
    const tracker = new OutageTracker(0);
    for (const atMs of [10, 20]) tracker.good(atMs);
    tracker.markFault();
    tracker.good(300);
    tracker.markFault();
    tracker.good(310);
    expect(tracker.end(320)).toMatchObject({ outageMs: 280, resolutionMs: 10 });
  });

  it('is of two paths together never longer than of each', () => {
    const times = fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 40 });
    const faultMs = fc.integer({ min: 0, max: 2000 });
    fc.assert(
      fc.property(times, times, faultMs, fc.nat(300), (proxy, api, atMs, fromMs) => {
        const around = { fromMs: Math.min(fromMs, atMs), faultMs: atMs, untilMs: 2000 };
        const { outageMs } = outageOf([...proxy, ...api], around);
        for (const path of [proxy, api])
          expect(outageMs).toBeLessThanOrEqual(outageOf(path, around).outageMs);
      }),
      { numRuns: 2000 },
    );
  });

  it('has no good write within it', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 2000 }), { maxLength: 40 });
    fc.assert(
      fc.property(times, (goodMs) => {
        const { outageMs, lastGoodMs, firstGoodMs } = outageOf(goodMs);
        const beginMs = lastGoodMs ?? 0;
        const endMs = firstGoodMs ?? 2000;
        expect(outageMs).toBe(endMs - beginMs);
        expect(goodMs.filter((atMs) => atMs > beginMs && atMs < endMs)).toEqual([]);
      }),
    );
  });
});
