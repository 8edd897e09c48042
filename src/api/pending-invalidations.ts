/** The keys that could not be deleted while Redis was away. Bounded: past the bound it remembers "all". */
export class PendingInvalidations {
  readonly #limit: number;
  #keys: Set<string> | 'all' = new Set();

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  get isEmpty(): boolean {
    return this.#keys !== 'all' && this.#keys.size === 0;
  }

  add(key: string): void {
    if (this.#keys === 'all') return;
    this.#keys.add(key);
    if (this.#keys.size > this.#limit) this.#keys = 'all';
  }

  /** Hands over what is remembered, and forgets it. */
  take(): string[] | 'all' {
    const taken = this.#keys;
    this.#keys = new Set();
    return taken === 'all' ? 'all' : [...taken];
  }

  /** Remembers again what was taken and could not be deleted. */
  restore(taken: string[] | 'all'): void {
    if (taken === 'all') this.#keys = 'all';
    else for (const key of taken) this.add(key);
  }
}
