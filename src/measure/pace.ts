import type { Clock } from '../clock/clock.js';

export interface Pace {
  clock: Clock;
  intervalMs: number;
  /** Ends the loop before its next turn. */
  stopping: AbortSignal;
  punctuality: Punctuality;
}

/** A client ready to start: takes turn after turn from `firstMs` until its pace stops it, then closes its connection. */
export type Client = (firstMs: number) => Promise<void>;

/** How well this process kept the pace. All times of a run are only as good as this. */
export interface Punctuality {
  /** The longest that a client woke after it was due: a busy event loop or machine, not a slow server. */
  maxLateMs: number;
}

/**
 * The first moment on the client's own grid that is not past. A turn that took longer than the interval costs the turns
 * it overran: a client has one operation in flight, and leaving the grid would bunch the clients together.
 */
export function nextDueMs(dueMs: number, intervalMs: number, nowMs: number): number {
  return dueMs + intervalMs * Math.max(1, Math.ceil((nowMs - dueMs) / intervalMs));
}

/**
 * Takes a turn whenever one is due, until told to stop; then returns.
 *
 * @param firstMs when the first turn is due; clients that share an interval start staggered, and stay so
 */
export async function takeTurns(
  { clock, intervalMs, stopping, punctuality }: Pace,
  firstMs: number,
  turn: () => Promise<void>,
): Promise<void> {
  let dueMs = firstMs;
  for (;;) {
    try {
      await clock.sleep(Math.max(0, dueMs - clock.nowMs()), stopping);
    } catch (error) {
      if (stopping.aborted) return;
      throw error;
    }
    punctuality.maxLateMs = Math.max(punctuality.maxLateMs, clock.nowMs() - dueMs);
    await turn();
    dueMs = nextDueMs(dueMs, intervalMs, clock.nowMs());
  }
}

/** A client that takes its turns over one connection, which is closed at the end, or at once with the signal. */
export const clientOver =
  (
    { close }: { readonly close: () => void },
    { pace, cut }: { pace: Pace; cut: AbortSignal },
    turn: () => Promise<void>,
  ): Client =>
  async (firstMs) => {
    cut.addEventListener('abort', close, { once: true });
    try {
      await takeTurns(pace, firstMs, turn);
    } finally {
      cut.removeEventListener('abort', close);
      close();
    }
  };
