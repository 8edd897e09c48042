import type { RedisLink } from './redis-link.js';

/** The values in the order of the keys; undefined when Redis did not answer within the patience. */
type Values = readonly (string | null)[] | undefined;

interface Lookup {
  keys: readonly string[];
  answer: (values: Values) => void;
}

/**
 * Looks keys up with one MGET at a time: what is asked for while it is under way goes into the next one, so that a
 * busy API sends few large commands (a command costs the client far more than a key) and an idle one waits for nothing.
 */
export class Lookups {
  readonly #link: RedisLink;
  #waiting: Lookup[] = [];
  #oldestAtMs = 0;
  /** What waits came while an MGET was under way. */
  #isBehind = false;
  /** An MGET is under way, or about to be. */
  #asking = false;

  constructor(link: RedisLink) {
    this.#link = link;
  }

  /** What `read` makes of the values. Never rejects. */
  get<T>(keys: readonly string[], read: (values: Values) => T): Promise<T> {
    return new Promise((resolve) => {
      const answer = (values: Values): void => {
        resolve(read(values));
      };
      if (!this.#link.isUsable) {
        answer(undefined);
        return;
      }
      if (this.#waiting.length === 0) this.#oldestAtMs = performance.now();
      this.#waiting.push({ keys, answer });
      if (!this.#asking) {
        this.#asking = true;
        setImmediate(() => void this.#ask());
      }
    });
  }

  async #ask(): Promise<void> {
    const lookups = this.#waiting;
    this.#waiting = [];
    // From now on: that this process was busy is not the fault of Redis. Those who waited for the MGET before have less
    // patience left, though as much as a good answer needs.
    const { patienceMs } = this.#link;
    const waitedMs = this.#isBehind ? performance.now() - this.#oldestAtMs : 0;
    const leftMs = Math.max(patienceMs - waitedMs, patienceMs / 2);
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
    this.#isBehind = this.#asking;
    if (this.#asking) setImmediate(() => void this.#ask());
  }
}
