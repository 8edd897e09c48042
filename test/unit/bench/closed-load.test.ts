import { describe, expect, it } from 'vitest';
import { runClosedLoad } from '../../../src/bench/closed-load.js';
import { makeWorld } from './world.js';

describe('load without a pause', () => {
  it('has as many in flight as there are connections, and finds the rate of the server', async () => {
    const world = makeWorld();
    const perform = () => world.answerAfter(10);
    const load = runClosedLoad({ perform, connections: 4, durationMs: 1000, clock: world.clock });
    const run = await world.until(load);
    expect(world.mostInFlight).toBe(4);
    // Four, each 100 times a second, but for the quarter of a millisecond in which this clock advances.
    expect((run.succeeded * 1000) / run.wallMs).toBeGreaterThan(380);
    expect((run.succeeded * 1000) / run.wallMs).toBeLessThanOrEqual(400);
    expect(run.errors).toEqual({});
  });

  it('counts what failed apart, and pauses a moment after it', async () => {
    const world = makeWorld();
    const perform = () => world.answerAfter(0.25, 'ECONNREFUSED');
    const load = runClosedLoad({ perform, connections: 1, durationMs: 100, clock: world.clock });
    const run = await world.until(load);
    expect(run.succeeded).toBe(0);
    expect(run.errors['ECONNREFUSED']).toBeGreaterThan(50);
    expect(run.errors['ECONNREFUSED']).toBeLessThanOrEqual(80);
  });

  it('ends at once when it is interrupted', async () => {
    const world = makeWorld();
    const interruption = new AbortController();
    const perform = () => {
      if (world.arrivalsMs.length === 5) interruption.abort(new Error('Ctrl-C'));
      return world.answerAfter(1);
    };
    const { signal } = interruption;
    const load = runClosedLoad({ perform, connections: 1, durationMs: 1000, clock: world.clock, signal });
    await expect(world.until(load)).rejects.toThrow('Ctrl-C');
    expect(world.arrivalsMs.length).toBeLessThan(8);
  });
});
