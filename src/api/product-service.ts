import type { CacheAside, CacheAsideAnswer, CacheCounts, Load, Loaded } from './cache/cache-aside.js';
import type { ProductCache } from './cache/product-cache.js';
import type { WriteCondition } from './conditions.js';
import { type CreatedProduct, insertProductOnce } from './idempotent-insert.js';
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
   * The product as JSON: what the cache holds is passed on as it is. With `after`, an answer that holds what was written
   * before that position.
   *
   * @throws ApiProblem `not-found`, or what `Servers.read` throws
   */
  get(id: string, after?: WalPosition): Promise<CacheAsideAnswer> {
    if (!isProductId(id)) return Promise.reject(notFound(id));
    const load: Load = (from) => this.#load(id, from, after);
    return this.#caching?.aside.read(id, load, after !== undefined) ?? uncached(load);
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

  /**
   * With an idempotency key, a repeated request is answered with the product as the first one made it.
   *
   * @throws ApiProblem `sku-taken`, `validation`, `idempotency-key-reused`, or what `Servers.write` throws
   */
  async create(input: ProductInput, key?: string): Promise<CreatedProduct> {
    const created = await this.#servers.write<CreatedProduct>((primary) =>
      key === undefined ? insertProduct(primary, input) : insertProductOnce(primary, input, key),
    );
    // A failover that loses writes gives ids out again: the cache may hold the lost product of this id.
    if (created.replayed !== true) await this.#caching?.aside.invalidate(created.id, created.version);
    return created;
  }

  /** @throws ApiProblem `not-found`, `precondition-failed`, `sku-taken`, `validation`, or what `Servers.write` throws */
  async update(id: string, patch: ProductPatch, condition: WriteCondition): Promise<StoredProduct> {
    await this.#checkAbsence(id, condition);
    const stored = await this.#servers.write((primary) =>
      updateProduct(primary, id, patch, condition.versions),
    );
    if (stored === undefined) throw await this.#unmet(id, condition);
    await this.#caching?.aside.invalidate(id, stored.version);
    return stored;
  }

  /** Replaces all that a client may set. Throws as `update` does. */
  replace(id: string, input: ProductInput, condition: WriteCondition): Promise<StoredProduct> {
    const all = { ...input, description: input.description ?? '', stock: input.stock ?? 0 };
    return this.update(id, all, condition);
  }

  /** @throws ApiProblem `not-found`, `precondition-failed`, or what `Servers.write` throws */
  async remove(id: string, condition: WriteCondition): Promise<void> {
    await this.#checkAbsence(id, condition);
    const existed = await this.#servers.write((primary) => deleteProduct(primary, id, condition.versions));
    const problem = existed ? undefined : await this.#unmet(id, condition);
    // Even when the primary had none: the cache may hold what a failover lost.
    if (problem?.problemName !== 'precondition-failed') await this.#caching?.aside.invalidate(id, 'deleted');
    if (problem !== undefined) throw problem;
  }

  counts(): CacheCounts {
    return this.#caching?.aside.counts() ?? noCounts;
  }

  /** No write here makes a product under a given id, so `If-None-Match: *` is met by nothing that can be done. */
  async #checkAbsence(id: string, { mustBeAbsent }: WriteCondition): Promise<void> {
    if (!isProductId(id)) throw notFound(id);
    if (mustBeAbsent) throw await this.#unmet(id, { versions: [], mustBeAbsent });
  }

  /** Why nothing was written: the product is not there, or has another version. */
  async #unmet(id: string, { versions }: WriteCondition): Promise<ApiProblem> {
    if (versions === undefined) return notFound(id);
    const { result } = await this.#servers.readFromPrimary((primary) => findProduct(primary, id));
    if (result === undefined) return notFound(id);
    // The client may have its tag from the cache, and would get the same one again.
    await this.#caching?.aside.invalidate(id, result.version);
    return new ApiProblem('precondition-failed', { detail: `The product has version ${result.version}` });
  }

  async #load(id: string, from: 'any' | 'primary', after: WalPosition | undefined): Promise<Loaded> {
    const neededMs = this.#caching?.cache.storableSinceMs ?? 0;
    let heldUntilMs = Number.NEGATIVE_INFINITY;
    const tell = (untilMs: number): void => {
      heldUntilMs = untilMs;
    };
    const find = (database: Reader): Promise<StoredProduct | undefined> => findProduct(database, id);
    const { source, result } =
      from === 'primary'
        ? await this.#servers.readFromPrimary(find)
        : await this.#servers.read(find, after, this.#caching === undefined ? undefined : tell);
    if (result === undefined) throw notFound(id);
    return {
      source,
      value: { version: result.version, json: JSON.stringify(result.product) },
      storable: from === 'primary' || heldUntilMs >= neededMs,
    };
  }
}

async function uncached(load: Load): Promise<CacheAsideAnswer> {
  const { source, value } = await load('any');
  return { source, cache: 'BYPASS', json: value.json };
}

function notFound(id: string): ApiProblem {
  return new ApiProblem('not-found', { detail: `There is no product ${JSON.stringify(id.slice(0, 40))}` });
}
