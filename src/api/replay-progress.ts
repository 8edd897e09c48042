/** Up to which time a replica holds all that its primary had written, from positions that were seen now and then. */
export class ReplayProgress {
  readonly #limit: number;
  /** What the primary had written and the replica has not replayed, oldest first. */
  readonly #written: { lsn: bigint; atMs: number }[] = [];
  #replayedUntilMs = Number.NEGATIVE_INFINITY;

  /** With two positions a second, 600 reach back five minutes. */
  constructor(limit = 600) {
    this.#limit = limit;
  }

  /** Minus infinity until the replica was seen to hold a position of the primary's. */
  get replayedUntilMs(): number {
    return this.#replayedUntilMs;
  }

  /** The primary had written up to `lsn`; `atMs`: before it was asked. */
  written(lsn: bigint, atMs: number): void {
    // What a failover lost: no server will ever hold it.
    while ((this.#written.at(-1)?.lsn ?? 0n) > lsn) this.#written.pop();
    this.#written.push({ lsn, atMs });
    if (this.#written.length > this.#limit) this.#written.shift();
  }

  replayed(lsn: bigint): void {
    const next = this.#written.findIndex((position) => position.lsn > lsn);
    const held = this.#written.splice(0, next === -1 ? this.#written.length : next);
    const newest = held.at(-1);
    if (newest !== undefined) this.#replayedUntilMs = newest.atMs;
  }
}
