import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient } from './database.js';
import { DatabaseOverloaded } from './database-errors.js';

/** How often it is looked for a primary while a write waits for one. */
const lookEveryMs = 50;

interface WriteWaitOptions {
  /** How long a write may wait for a primary; 0: it is answered at once. */
  waitMs: number;
  /** How many may wait; the others are refused. */
  maxWaiting: number;
  /** Looks whether there is a primary; those who ask at the same time share the look. */
  look: () => Promise<void>;
  isPrimaryUp: () => boolean;
}

/**
 * Holds writes back while there is no primary. Only a write that certainly did not happen is tried again: one whose
 * answer was cut off may have been done, and doing it twice would be worse than an error.
 */
export class WriteWait {
  readonly #options: WriteWaitOptions;
  readonly #closing = new AbortController();
  #waiting = 0;

  constructor(options: WriteWaitOptions) {
    this.#options = options;
    // One listener for each write that waits; their number is bounded.
    setMaxListeners(0, this.#closing.signal);
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** @throws what `write` throws, or DatabaseOverloaded when too many wait already */
  async run<T>(write: () => Promise<T>): Promise<T> {
    const deadlineMs = performance.now() + this.#options.waitMs;
    for (;;) {
      try {
        return await write();
      } catch (error) {
        const mayWait =
          isNotApplied(error) && performance.now() < deadlineMs && !this.#closing.signal.aborted;
        if (!mayWait) throw error;
        await this.#untilPrimary(deadlineMs);
      }
    }
  }

  /** Those who wait try once more, and are answered with what they get. */
  close(): void {
    this.#closing.abort();
  }

  async #untilPrimary(deadlineMs: number): Promise<void> {
    const { maxWaiting, look, isPrimaryUp } = this.#options;
    if (this.#waiting >= maxWaiting)
      throw new DatabaseOverloaded(`${this.#waiting} writes wait for a primary already`);
    const { signal } = this.#closing;
    const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal }).catch(() => undefined);
    this.#waiting += 1;
    try {
      do {
        await pause(lookEveryMs);
        await Promise.race([look(), pause(Math.max(0, deadlineMs - performance.now()))]);
      } while (!isPrimaryUp() && performance.now() < deadlineMs && !signal.aborted);
    } finally {
      this.#waiting -= 1;
    }
  }
}

function isNotApplied(error: unknown): boolean {
  return isTransient(error) && (error instanceof DatabaseOverloaded || error.outcome === 'not-applied');
}
