/** Up to which time a server holds all that the primary had written, from positions of the primary's that were seen. */
export class ReplayProgress {
  readonly #limit: number;
  /** What the primary had written, oldest first. */
  readonly #written: { lsn: bigint; atMs: number }[] = [];

  /** With two positions a second, 600 reach back five minutes. */
  constructor(limit = 600) {
    this.#limit = limit;
  }

  /** The primary had written up to `lsn`; `atMs`: before it was asked. */
  written(lsn: bigint, atMs: number): void {
    // What a failover lost: no server will ever hold it.
    while ((this.#written.at(-1)?.lsn ?? 0n) > lsn) this.#written.pop();
    this.#written.push({ lsn, atMs });
    if (this.#written.length > this.#limit) this.#written.shift();
  }

  /** For a server that holds the WAL up to `lsn`; minus infinity when it holds no position that is remembered. */
  heldUntilMs(lsn: bigint): number {
    return this.#written.findLast((position) => position.lsn <= lsn)?.atMs ?? Number.NEGATIVE_INFINITY;
  }
}
