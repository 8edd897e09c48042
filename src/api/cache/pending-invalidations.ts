/** The version a product has since its last write; a deleted product has none that may be cached. */
export type WrittenVersion = bigint | 'deleted';

/**
 * The products that were written while Redis was away, with their last version. Bounded: past the bound it
 * remembers "all".
 */
export class PendingInvalidations {
  readonly #limit: number;
  #products: Map<string, WrittenVersion> | 'all' = new Map();

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  get isEmpty(): boolean {
    return this.#products !== 'all' && this.#products.size === 0;
  }

  add(id: string, version: WrittenVersion): void {
    if (this.#products === 'all') return;
    const known = this.#products.get(id);
    if (known === undefined || supersedes(version, known)) this.#products.set(id, version);
    if (this.#products.size > this.#limit) this.#products = 'all';
  }

  /** Hands over what is remembered, and forgets it. */
  take(): [id: string, version: WrittenVersion][] | 'all' {
    const taken = this.#products;
    this.#products = new Map();
    return taken === 'all' ? 'all' : [...taken];
  }

  /** Remembers again what was taken and could not be deleted. */
  restore(taken: [id: string, version: WrittenVersion][] | 'all'): void {
    if (taken === 'all') this.#products = 'all';
    else for (const [id, version] of taken) this.add(id, version);
  }
}

/**
 * Two writes may be acknowledged in the other order, so the higher version counts. Version 1 means that the id has
 * been given (again, when a failover lost its first product); after a delete only that counts.
 */
function supersedes(version: WrittenVersion, known: WrittenVersion): boolean {
  if (version === 'deleted' || version === 1n) return true;
  return known !== 'deleted' && version > known;
}
