import type { Metronome } from '../../../src/bench/metronome.js';
import type { Answer } from '../../../src/bench/target.js';
import type { Clock } from '../../../src/clock/clock.js';

/** A clock that stands still until the test lets it go on, and a server that answers by it. */
export interface World {
  clock: Clock;
  metronome: Metronome;
  /** Answers after so long, with `failure` where one is given. */
  readonly answerAfter: (delayMs: number, failure?: string) => Promise<Answer>;
  /** When each request arrived, and how many were in flight at most. */
  arrivalsMs: number[];
  mostInFlight: number;
  /** Lets time pass, a quarter of a millisecond at a time, until the work has ended. */
  readonly until: <T>(work: Promise<T>) => Promise<T>;
  /** The generator's thread is not there for so long from then on. */
  readonly stall: (fromMs: number, forMs: number) => void;
}

const stepMs = 0.25;

export function makeWorld(): World {
  let nowMs = 0;
  let inFlight = 0;
  let stalled: { fromMs: number; forMs: number } | undefined;
  const ticks = new Set<() => void>();
  const pending: { atMs: number; settle: () => void }[] = [];
  const after = (delayMs: number): Promise<void> =>
    new Promise((resolve) => pending.push({ atMs: nowMs + delayMs, settle: resolve }));
  const world: World = {
    clock: { nowMs: () => nowMs, date: () => new Date(nowMs), sleep: after },
    metronome: {
      start: (_intervalMs, onTick) => {
        const firstTickMs = nowMs + 50;
        const tick = (): void => {
          if (nowMs >= firstTickMs) onTick(firstTickMs);
        };
        ticks.add(tick);
        return { stop: () => ticks.delete(tick) };
      },
    },
    arrivalsMs: [],
    mostInFlight: 0,
    answerAfter: async (delayMs, failure) => {
      world.arrivalsMs.push(nowMs);
      inFlight += 1;
      world.mostInFlight = Math.max(world.mostInFlight, inFlight);
      await after(delayMs);
      inFlight -= 1;
      return { failure: failure ?? null, source: failure === undefined ? 'replica' : null };
    },
    stall: (fromMs, forMs) => {
      stalled = { fromMs, forMs };
    },
    until: async (work) => {
      let hasEnded = false;
      const ended = work.finally(() => (hasEnded = true));
      ended.catch(() => undefined); // Given to the caller below.
      const goesOn = (): boolean => !hasEnded;
      await new Promise(setImmediate);
      while (goesOn()) {
        nowMs += stalled !== undefined && nowMs >= stalled.fromMs ? stalled.forMs : stepMs;
        if (stalled !== undefined && nowMs >= stalled.fromMs + stalled.forMs) stalled = undefined;
        for (const item of pending.splice(0)) {
          if (item.atMs <= nowMs) item.settle();
          else pending.push(item);
        }
        for (const tick of ticks) tick();
        await new Promise(setImmediate);
      }
      return await ended;
    },
  };
  return world;
}
