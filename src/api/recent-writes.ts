/**
 * The version each product had after its last write through this process, for as long as a cached value
 * lives. A replica that lags still answers with an older one, which must not be kept.
 */
export class RecentWrites {
  readonly #limit: number;
  readonly #ttlMs: number;
  /** Oldest first. A deleted product has no version that may be cached. */
  readonly #writes = new Map<string, { version: bigint | 'deleted'; atMs: number }>();

  constructor(ttlMs: number, limit = 10_000) {
    this.#ttlMs = ttlMs;
    this.#limit = limit;
  }

  record(id: string, version: bigint | 'deleted'): void {
    const known = this.#writes.get(id);
    this.#writes.delete(id);
    this.#writes.set(id, { version: later(known?.version, version), atMs: performance.now() });
    for (const [oldest] of this.#writes) {
      if (this.#writes.size <= this.#limit) break;
      this.#writes.delete(oldest);
    }
  }

  isStale(id: string, version: bigint): boolean {
    const write = this.#writes.get(id);
    if (write === undefined) return false;
    if (performance.now() - write.atMs > this.#ttlMs) {
      this.#writes.delete(id);
      return false;
    }
    return write.version === 'deleted' || version < write.version;
  }
}

/**
 * Two writes may be acknowledged in the other order, so the higher version counts. After a delete only version
 * 1 does: the id was not yet given when it was deleted, or a failover that lost writes gave it again.
 */
function later(known: bigint | 'deleted' | undefined, version: bigint | 'deleted'): bigint | 'deleted' {
  if (known === undefined || version === 'deleted') return version;
  if (known === 'deleted') return version === 1n ? version : 'deleted';
  return version > known ? version : known;
}
