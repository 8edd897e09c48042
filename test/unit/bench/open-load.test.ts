import { describe, expect, it } from 'vitest';
import { type OpenLoadOptions, runOpenLoad } from '../../../src/bench/open-load.js';
import { makeWorld, type World } from './world.js';

function optionsIn(world: World, changed: Partial<OpenLoadOptions> = {}): OpenLoadOptions {
  return {
    perform: () => world.answerAfter(5),
    ratePerSecond: 100,
    durationMs: 1000,
    maxInFlight: 64,
    drainMs: 500,
    clock: world.clock,
    metronome: world.metronome,
    ...changed,
  };
}

describe('load at a fixed rate', () => {
  it('asks on the grid of the rate, and measures what the server took', async () => {
    const world = makeWorld();
    const run = await world.until(runOpenLoad(optionsIn(world)));
    expect(world.arrivalsMs).toHaveLength(100);
    for (const [index, atMs] of world.arrivalsMs.entries()) expect(atMs).toBeCloseTo(50 + index * 10, 0);
    expect(run).toMatchObject({ askedRequests: 100, errors: {}, heldBack: 0, notSent: 0 });
    expect(run.sources).toEqual({ cache: 0, replica: 100, primary: 0 });
    expect(run.latency.count).toBe(100);
    expect(run.latency.percentileMs(0.5)).toBeCloseTo(5, 0);
    expect(run.wallMs).toBe(1000);
  });

  it('goes on asking while a server hangs, and counts the wait of each request from when it was due', async () => {
    const world = makeWorld();
    let asked = 0;
    // The server hangs from the 50th request on for 300 ms, and answers all that came meanwhile at once.
    const perform = () => {
      asked += 1;
      const sinceHangMs = world.clock.nowMs() - 550;
      const hangs = sinceHangMs >= 0 && sinceHangMs < 300;
      return world.answerAfter(hangs ? 300 - sinceHangMs : 5);
    };
    const run = await world.until(runOpenLoad(optionsIn(world, { perform })));
    expect(asked).toBe(100);
    expect(world.mostInFlight).toBeGreaterThanOrEqual(30);
    // A generator that waits for its answer would have seen one slow request; a user sees thirty.
    expect(run.latency.maxMs).toBeCloseTo(300, -1);
    expect(run.latency.percentileMs(0.9)).toBeGreaterThan(190);
  });

  it('holds requests back where too many are in flight, says so, and counts their wait', async () => {
    const world = makeWorld();
    const perform = () => world.answerAfter(40);
    const run = await world.until(runOpenLoad(optionsIn(world, { perform, maxInFlight: 2 })));
    expect(world.mostInFlight).toBe(2);
    expect(run.heldBack).toBeGreaterThan(40);
    // Twice as many were asked for as two at a time can be: the last was due a second before its turn came.
    expect(run.latency.maxMs).toBeGreaterThan(450);
    expect(run.latency.count + run.notSent + (run.errors['no answer'] ?? 0)).toBe(100);
  });

  it('tells its own lateness when it was not there itself, and leaves it in the latencies', async () => {
    const world = makeWorld();
    world.stall(300, 200);
    const run = await world.until(runOpenLoad(optionsIn(world)));
    expect(run.late.maxMs).toBeGreaterThan(180);
    expect(run.latency.maxMs).toBeGreaterThan(180);
    expect(run.heldBack).toBe(0);
    expect(world.arrivalsMs).toHaveLength(100);
  });

  it('counts failures by their name, and none of them as a latency', async () => {
    const world = makeWorld();
    let asked = 0;
    const perform = () => {
      asked += 1;
      return world.answerAfter(1, asked % 4 === 0 ? 'HTTP 503' : undefined);
    };
    const run = await world.until(runOpenLoad(optionsIn(world, { perform })));
    expect(run.errors).toEqual({ 'HTTP 503': 25 });
    expect(run.latency.count).toBe(75);
  });

  it('gives up what is not answered in time', async () => {
    const world = makeWorld();
    let asked = 0;
    const perform = () => {
      asked += 1;
      return world.answerAfter(asked === 100 ? 1e9 : 1);
    };
    const run = await world.until(runOpenLoad(optionsIn(world, { perform })));
    expect(run.errors).toEqual({ 'no answer': 1 });
    expect(run.wallMs).toBeGreaterThan(1400);
    expect(run.wallMs).toBeLessThan(1600);
  });

  it('ends at once when it is interrupted', async () => {
    const world = makeWorld();
    const interruption = new AbortController();
    const perform = () => {
      if (world.arrivalsMs.length === 10) interruption.abort(new Error('Ctrl-C'));
      return world.answerAfter(5);
    };
    const run = runOpenLoad(optionsIn(world, { perform, signal: interruption.signal }));
    await expect(world.until(run)).rejects.toThrow('Ctrl-C');
    expect(world.arrivalsMs.length).toBeLessThan(15);
  });
});
