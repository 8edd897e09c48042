import type { RedisLink } from './redis-link.js';

interface Lookup {
  keys: readonly string[];
  answer: (values: readonly (string | null)[] | undefined) => void;
}

/**
 * Looks keys up with one MGET at a time: what is asked for while it is under way goes into the next one, so that a
 * busy API sends few large commands (a command costs the client far more than a key) and an idle one waits for nothing.
 */
export class Lookups {
  readonly #link: RedisLink;
  #waiting: Lookup[] = [];
  #oldestAtMs = 0;
  /** An MGET is under way, or about to be. */
  #asking = false;

  constructor(link: RedisLink) {
    this.#link = link;
  }

  /** The values in the order of the keys; undefined when Redis does not answer within the patience. Never rejects. */
  get(keys: readonly string[]): Promise<readonly (string | null)[] | undefined> {
    if (!this.#link.isUsable) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      if (this.#waiting.length === 0) this.#oldestAtMs = performance.now();
      this.#waiting.push({ keys, answer: resolve });
      if (!this.#asking) {
        this.#asking = true;
        setImmediate(() => void this.#ask());
      }
    });
  }

  async #ask(): Promise<void> {
    const lookups = this.#waiting;
    this.#waiting = [];
    // Counted from the first of them, who may have waited for the MGET before.
    const leftMs = this.#oldestAtMs + this.#link.patienceMs - performance.now();
    const values = await this.#link.ask((redis) => redis.mget(lookups.flatMap(({ keys }) => keys)), leftMs);
    if (values === undefined) {
      // Those who came meanwhile have waited as well.
      for (const { answer } of [...lookups, ...this.#waiting.splice(0)]) answer(undefined);
    } else {
      let next = 0;
      for (const { keys, answer } of lookups) {
        answer(values.slice(next, next + keys.length));
        next += keys.length;
      }
    }
    this.#asking = this.#waiting.length > 0;
    if (this.#asking) setImmediate(() => void this.#ask());
  }
}
