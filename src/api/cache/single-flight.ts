/** Work that is under way, by key: who asks for a key meanwhile gets the same promise. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Promise<T>>();

  /** True in `joined` when the work had begun already. */
  run(key: string, work: () => Promise<T>): { joined: boolean; result: Promise<T> } {
    const flying = this.#flights.get(key);
    if (flying !== undefined) return { joined: true, result: flying };
    const result = work().finally(() => {
      if (this.#flights.get(key) === result) this.#flights.delete(key);
    });
    this.#flights.set(key, result);
    return { joined: false, result };
  }

  /** Whoever asks from now on starts anew: what is under way may have read before a write. */
  forget(key: string): void {
    this.#flights.delete(key);
  }
}
