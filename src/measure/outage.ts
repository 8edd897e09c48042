/** A gap between two good operations, as the clients saw it. Times are milliseconds on the run's clock. */
export interface Outage {
  outageMs: number;
  /** The last good operation before the gap; null when there was none since the observation began. */
  lastGoodMs: number | null;
  /** The first good operation after the gap; null when the gap lasts until the end of the observation. */
  firstGoodMs: number | null;
  /**
   * False when nothing good followed the fault, or the gap lasts until the end of the observation and is longer than the
   * resolution. The outage is at least `outageMs` then.
   */
  recovered: boolean;
  /**
   * The longest gap between good operations before the fault: what these clients leave unwatched when nothing is wrong.
   * An outage is known to within this, and one that is not longer cannot be told from none. The maximum and not a
   * percentile: it holds for any sample. Null when fewer than two good operations came before the fault, or none was marked.
   */
  resolutionMs: number | null;
}

interface Gap {
  outageMs: number;
  lastGoodMs: number | null;
  firstGoodMs: number;
}

/**
 * Finds the outage across a fault while the operations happen, in constant memory: the longest time between two good
 * completions that follow each other, of all gaps that end after the fault. The gap may begin before it (SIGKILL) or after it
 * (a switchover, which the primary survives for a while). The end of the observation closes the last gap. Without a
 * fault it is the longest gap of the whole observation.
 */
export class OutageTracker {
  readonly #fromMs: number;
  #faulty = false;
  #lastGoodMs: number | null = null;
  #longest: Gap | undefined;
  #resolutionMs: number | null = null;

  constructor(fromMs: number) {
    this.#fromMs = fromMs;
  }

  /** The completion of the last good operation; null before the first. */
  get lastGoodMs(): number | null {
    return this.#lastGoodMs;
  }

  /** The next gap to end is the first that the fault can have made. Only the first fault counts. */
  markFault(): void {
    if (this.#faulty) return;
    this.#faulty = true;
    this.#longest = undefined;
  }

  /** A good operation ended; to be told in the order of the ends. */
  good(atMs: number): void {
    const lastGoodMs = this.#lastGoodMs;
    const outageMs = atMs - (lastGoodMs ?? this.#fromMs);
    if (this.#longest === undefined || outageMs > this.#longest.outageMs)
      this.#longest = { outageMs, lastGoodMs, firstGoodMs: atMs };
    if (!this.#faulty && lastGoodMs !== null)
      this.#resolutionMs = Math.max(this.#resolutionMs ?? 0, atMs - lastGoodMs);
    this.#lastGoodMs = atMs;
  }

  /** @param untilMs when the clients were told to stop, or their last answer, whatever came later */
  end(untilMs: number): Outage {
    const resolutionMs = this.#faulty ? this.#resolutionMs : null;
    const longest = this.#longest;
    const lastGoodMs = this.#lastGoodMs;
    const tailMs = Math.max(0, untilMs - (lastGoodMs ?? this.#fromMs));
    if (longest !== undefined && tailMs <= longest.outageMs)
      return { ...longest, recovered: true, resolutionMs };
    // The clients stop between two operations: a last gap that is no longer than their usual ones shows nothing.
    const usualMs = this.#faulty ? resolutionMs : (longest?.outageMs ?? null);
    const recovered = longest !== undefined && usualMs !== null && tailMs <= usualMs;
    return { outageMs: tailMs, lastGoodMs, firstGoodMs: null, recovered, resolutionMs };
  }
}
