import type { Redis } from 'ioredis';
import type { DependencyState } from '../dependency-state.js';
import { type CacheScripts, defineCacheScripts } from './cache-scripts.js';
import { openRedis, withPatience } from './redis-connection.js';

const tickMs = 250;
/** How long Redis may take to answer a ping before it is told to be down. One late answer only means a bypass. */
const downAfterMs = 500;

export type CacheRedis = Redis & CacheScripts;

type Command<T> = (redis: CacheRedis) => Promise<T>;

interface Upkeep {
  /** To be done before Redis is used again after it was away, and every tick; throws when Redis does not answer. */
  beforeUse: (redis: CacheRedis) => Promise<void>;
  /** False: something has to be made good before Redis may be used. */
  isCaughtUp: () => boolean;
}

/**
 * The connection to Redis, and whether it can be used. While it cannot, nobody waits for it. While it is made good what was
 * missed, new invalidations are sent already: if they had to be made good as well, a busy API would never be done with it.
 */
export class RedisLink {
  readonly patienceMs: number;
  readonly #redis: CacheRedis;
  readonly #state: DependencyState;
  readonly #upkeep: Upkeep;
  #phase: 'away' | 'catching up' | 'usable' = 'away';
  #failures = 0;
  #round: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #startedAtMs = Number.POSITIVE_INFINITY;

  /** @param patienceMs how long a request may wait for Redis */
  constructor(url: string, state: DependencyState, upkeep: Upkeep, patienceMs: number) {
    this.patienceMs = patienceMs;
    this.#state = state;
    this.#upkeep = upkeep;
    this.#redis = defineCacheScripts(openRedis(url));
    // ioredis reports here what it then retries; the reason is kept for /readyz.
    this.#redis.on('error', (error: Error) => {
      this.#fail(error);
    });
    this.#redis.on('close', () => {
      if (this.#timer !== undefined) this.#fail(new Error('The connection to Redis was closed'));
    });
    this.#redis.on('ready', () => void this.#tick());
  }

  get isUsable(): boolean {
    return this.#phase === 'usable';
  }

  /**
   * When the server that is connected started with an empty memory, on the clock of `performance.now()`; infinite while
   * that is not known.
   */
  get startedAtMs(): number {
    return this.#startedAtMs;
  }

  /** Connects, or notices that it cannot; waits for neither longer than a moment. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.#tick(), tickMs);
    this.#timer.unref();
    try {
      await this.#redis.connect();
    } catch {
      // Told by the client's 'error' event; it goes on trying by itself.
    }
    await this.#tick();
  }

  /** The answer, or undefined when Redis cannot be used or does not answer within the patience. Never rejects. */
  async ask<T>(command: Command<T>, patienceMs = this.patienceMs): Promise<T | undefined> {
    return this.isUsable ? await this.#answer(command, patienceMs) : undefined;
  }

  /** As `ask`, and also while it is made good what was missed. */
  async askEarly<T>(command: Command<T>): Promise<T | undefined> {
    return this.#phase === 'away' ? undefined : await this.#answer(command, this.patienceMs);
  }

  async #answer<T>(command: Command<T>, patienceMs: number): Promise<T | undefined> {
    try {
      return await withPatience(command(this.#redis), patienceMs);
    } catch (error) {
      this.#suspect(error);
      return undefined;
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.isUsable) await this.#upkeep.beforeUse(this.#redis).catch(() => undefined);
    this.#phase = 'away';
    this.#redis.disconnect();
  }

  #fail(error: unknown): void {
    this.#failures += 1;
    this.#phase = 'away';
    this.#startedAtMs = Number.POSITIVE_INFINITY;
    this.#state.down(error);
  }

  /** An answer was late or an error: nobody else waits for Redis until it has answered a ping. */
  #suspect(error: unknown): void {
    this.#failures += 1;
    this.#phase = 'away';
    this.#state.note(error);
    void this.#tick();
  }

  /** Sees whether Redis answers, and makes good what was missed while it did not. */
  #tick(): Promise<void> {
    if (this.#redis.status !== 'ready') return this.#round ?? Promise.resolve();
    this.#round ??= this.#catchUp().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  async #catchUp(): Promise<void> {
    const failures = this.#failures;
    const mark = this.#state.mark();
    try {
      await withPatience(this.#redis.ping(), downAfterMs);
      if (this.#startedAtMs === Number.POSITIVE_INFINITY) this.#startedAtMs = await this.#askStart();
      if (failures === this.#failures && !this.isUsable) this.#phase = 'catching up';
      await this.#upkeep.beforeUse(this.#redis);
      // A failure meanwhile left something to make good; the next tick begins again.
      if (failures === this.#failures && this.#upkeep.isCaughtUp()) {
        this.#phase = 'usable';
        this.#state.up(mark);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Redis tells its age in whole seconds, so it may be a second older than it seems here. */
  async #askStart(): Promise<number> {
    const nowMs = performance.now();
    const info = await withPatience(this.#redis.info('server'), downAfterMs);
    const [, seconds] = /^uptime_in_seconds:(\d+)/m.exec(info) ?? [];
    return seconds === undefined ? nowMs : nowMs - Number(seconds) * 1_000;
  }
}
