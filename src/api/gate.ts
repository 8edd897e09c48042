import { DatabaseOverloaded } from './database-errors.js';

interface Waiter {
  admit: () => void;
  refuse: (error: Error) => void;
}

/** Lets a bounded number run at once, a bounded number wait in line, and refuses the rest at once. */
export class Gate {
  readonly #slots: number;
  readonly #maxWaiting: number;
  readonly #line = new Set<Waiter>();
  #running = 0;

  constructor(slots: number, maxWaiting: number) {
    this.#slots = slots;
    this.#maxWaiting = maxWaiting;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#line.size;
  }

  /**
   * Resolves when a slot is taken; it must be given back with `leave`.
   *
   * @throws DatabaseOverloaded when the line is full, or no slot became free within `timeoutMs`
   */
  enter(timeoutMs: number): Promise<void> {
    if (this.#running < this.#slots) {
      this.#running += 1;
      return Promise.resolve();
    }
    if (this.#line.size >= this.#maxWaiting) {
      return Promise.reject(new DatabaseOverloaded(`${this.#line.size} requests are waiting already`));
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#line.delete(waiter);
        reject(new DatabaseOverloaded(`No connection became free within ${timeoutMs} ms`));
      }, timeoutMs);
      const waiter: Waiter = {
        admit: () => {
          clearTimeout(timer);
          resolve();
        },
        refuse: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.#line.add(waiter);
    });
  }

  leave(): void {
    const [next] = this.#line;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    this.#line.delete(next);
    next.admit();
  }

  /** Sends everyone who waits away with this error. */
  refuseWaiting(error: Error): void {
    const waiting = [...this.#line];
    this.#line.clear();
    for (const waiter of waiting) waiter.refuse(error);
  }
}
