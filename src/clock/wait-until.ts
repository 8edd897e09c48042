import type { Clock } from './clock.js';

export interface WaitOptions {
  clock: Clock;
  /** Deadline, counted from the call. */
  timeoutMs: number;
  /** Pause between two attempts. */
  intervalMs?: number;
  signal?: AbortSignal | undefined;
  /** An error of the attempt that no further attempt can mend, and that is thrown on at once. */
  isFinal?: (error: unknown) => boolean;
  /** Makes the error thrown at the deadline, from what the last attempt threw, if it threw. */
  onTimeout: (lastError: unknown) => Error;
}

/**
 * Asks until the answer is neither undefined nor an error, and returns it.
 *
 * @throws what `onTimeout` makes, when the deadline has passed; the signal's reason, when it is aborted
 */
export async function waitUntil<T>(
  ask: () => Promise<T | undefined>,
  { clock, timeoutMs, intervalMs = 10, signal, isFinal = () => false, onTimeout }: WaitOptions,
): Promise<T> {
  const deadlineMs = clock.nowMs() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    let lastError: unknown;
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      if (isFinal(error)) throw error;
      lastError = error;
    }
    if (clock.nowMs() + intervalMs > deadlineMs) throw onTimeout(lastError);
    await clock.sleep(intervalMs, signal);
  }
}
