export interface FeedWait {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Makes the error thrown at the deadline. */
  onTimeout: () => Error;
}

/** What happened last is kept for those who ask a little late; twice as many at most, so that dropping them costs little. */
const keptItems = 5000;

/** What happened of late and what happens next, in order, for those who wait for something among it. */
export class Feed<Item> {
  #items: Item[] = [];
  readonly #watchers = new Set<(item: Item) => void>();
  readonly #ending = new AbortController();

  push(item: Item): void {
    this.#items.push(item);
    if (this.#items.length >= 2 * keptItems) this.#items = this.#items.slice(-keptItems);
    for (const watch of this.#watchers) watch(item);
  }

  items(): readonly Item[] {
    return this.#items;
  }

  /** Ends every wait with this error: nothing will happen any more. */
  end(reason: Error): void {
    this.#ending.abort(reason);
  }

  /**
   * Shows each item to `pick`, the past ones that are kept first, until it returns something; returns that.
   *
   * @throws what `onTimeout` makes; the signal's reason; the reason of `end`
   */
  first<Picked>(
    pick: (item: Item) => Picked | undefined,
    { timeoutMs, signal, onTimeout }: FeedWait,
  ): Promise<Picked> {
    for (const item of this.#items) {
      const picked = pick(item);
      if (picked !== undefined) return Promise.resolve(picked);
    }
    const stop = signal === undefined ? this.#ending.signal : AbortSignal.any([this.#ending.signal, signal]);
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        clearTimeout(timer);
        this.#watchers.delete(watch);
        stop.removeEventListener('abort', onStop);
        finish();
      };
      const watch = (item: Item): void => {
        const picked = pick(item);
        if (picked === undefined) return;
        settle(() => {
          resolve(picked);
        });
      };
      const onStop = (): void => {
        settle(() => {
          reject(stop.reason as Error);
        });
      };
      const timer = setTimeout(() => {
        settle(() => {
          reject(onTimeout());
        });
      }, timeoutMs);
      this.#watchers.add(watch);
      stop.addEventListener('abort', onStop, { once: true });
      if (stop.aborted) onStop();
    });
  }
}
