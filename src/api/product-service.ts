import type { CacheAside, CacheAsideAnswer, CacheCounts, Load, Loaded } from './cache/cache-aside.js';
import type { ProductCache } from './cache/product-cache.js';
import { ApiProblem } from './problems.js';
import { decodeCursor, encodeCursor, isProductId } from './product-id.js';
import {
  deleteProduct,
  findProduct,
  insertProduct,
  listProducts,
  type StoredProduct,
  updateProduct,
} from './products-store.js';
import type { Product, ProductInput, ProductPatch } from './schemas.js';
import type { Reader } from './server-position.js';
import type { DatabaseSource, Servers } from './servers.js';
import type { WalPosition } from './wal-position.js';

/** One product, already JSON: what the cache holds is passed on as it is. */
export type FoundProduct = CacheAsideAnswer & { json: string };

export interface ProductPage {
  source: DatabaseSource;
  data: Product[];
  /** Null on the last page. */
  nextCursor: string | null;
}

export interface Caching {
  cache: ProductCache;
  aside: CacheAside;
}

const noCounts: CacheCounts = { hits: 0, misses: 0, bypasses: 0, loadsSaved: 0, stale: 0 };

/** Cache-aside over the servers: what each route does, apart from HTTP. */
export class ProductService {
  readonly #servers: Servers;
  /** Absent when caching is turned off. */
  readonly #caching: Caching | undefined;

  constructor(servers: Servers, caching: Caching | undefined) {
    this.#servers = servers;
    this.#caching = caching;
  }

  /**
   * With `after`, an answer that holds what was written before that position.
   *
   * @throws ApiProblem `not-found`, or what `Servers.read` throws
   */
  async get(id: string, after?: WalPosition): Promise<FoundProduct> {
    if (!isProductId(id)) throw notFound(id);
    const load: Load = (from) => this.#load(id, from, after);
    const found = await (this.#caching?.aside.read(id, load, after !== undefined) ?? uncached(load));
    const { json } = found;
    if (json === undefined) throw notFound(id);
    return { ...found, json };
  }

  /**
   * With `after`, a page that holds what was written before that position.
   *
   * @throws ApiProblem `validation` for a cursor that is not ours, or what `Servers.read` throws
   */
  async list(limit: number, cursor: string | undefined, after?: WalPosition): Promise<ProductPage> {
    const afterId = cursor === undefined ? '0' : decodeCursor(cursor);
    if (afterId === undefined) {
      const message = 'must be the nextCursor of an earlier page';
      throw new ApiProblem('validation', {
        detail: `cursor ${message}`,
        errors: [{ path: '/cursor', message }],
      });
    }
    // One more than asked for tells whether another page follows.
    const { source, result } = await this.#servers.read(
      (database) => listProducts(database, afterId, limit + 1),
      after,
    );
    const page = result.slice(0, limit);
    const last = page.at(-1);
    return {
      source,
      data: page.map(({ product }) => product),
      nextCursor: result.length > limit && last !== undefined ? encodeCursor(last.id) : null,
    };
  }

  /** @throws ApiProblem `sku-taken`, `validation`, or what `Servers.write` throws */
  async create(input: ProductInput): Promise<StoredProduct> {
    const stored = await this.#servers.write((primary) => insertProduct(primary, input));
    // A failover that loses writes gives ids out again: the cache may hold the lost product of this id.
    await this.#caching?.aside.invalidate(stored.id, stored.version);
    return stored;
  }

  /** @throws ApiProblem `not-found`, `sku-taken`, `validation`, or what `Servers.write` throws */
  async update(id: string, patch: ProductPatch): Promise<StoredProduct> {
    if (!isProductId(id)) throw notFound(id);
    const stored = await this.#servers.write((primary) => updateProduct(primary, id, patch));
    if (stored === undefined) throw notFound(id);
    await this.#caching?.aside.invalidate(id, stored.version);
    return stored;
  }

  /** Replaces all that a client may set. Throws as `update` does. */
  replace(id: string, input: ProductInput): Promise<StoredProduct> {
    return this.update(id, { ...input, description: input.description ?? '', stock: input.stock ?? 0 });
  }

  /** @throws ApiProblem `not-found`, or what `Servers.write` throws */
  async remove(id: string): Promise<void> {
    if (!isProductId(id)) throw notFound(id);
    const existed = await this.#servers.write((primary) => deleteProduct(primary, id));
    // Even when the primary had none: the cache may hold what a failover lost.
    await this.#caching?.aside.invalidate(id, 'deleted');
    if (!existed) throw notFound(id);
  }

  counts(): CacheCounts {
    return this.#caching?.aside.counts() ?? noCounts;
  }

  async #load(id: string, from: 'any' | 'primary', after: WalPosition | undefined): Promise<Loaded> {
    // Before the read: the replica may go on while it is asked.
    const holdsFences = this.#servers.replayedUntilMs >= (this.#caching?.cache.storableSinceMs ?? 0);
    const find = (database: Reader): Promise<StoredProduct | undefined> => findProduct(database, id);
    const { source, result } =
      from === 'primary' ? await this.#servers.readFromPrimary(find) : await this.#servers.read(find, after);
    return {
      source,
      value: result && { version: result.version, json: JSON.stringify(result.product) },
      storable: source === 'primary' || holdsFences,
    };
  }
}

async function uncached(load: Load): Promise<CacheAsideAnswer> {
  const { source, value } = await load('any');
  return { source, cache: 'BYPASS', json: value?.json };
}

function notFound(id: string): ApiProblem {
  return new ApiProblem('not-found', { detail: `There is no product ${JSON.stringify(id.slice(0, 40))}` });
}
