import type { CacheAnswer, CacheCounts, ProductCache } from './cache.js';
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
import type { DatabaseSource, Servers } from './servers.js';

type Source = 'cache' | DatabaseSource;
type CacheHeader = 'HIT' | 'MISS' | 'BYPASS';

/** One product, already JSON: what the cache holds is passed on as it is. */
export interface FoundProduct {
  source: Source;
  cache: CacheHeader;
  json: string;
}

export interface ProductPage {
  source: DatabaseSource;
  data: Product[];
  /** Null on the last page. */
  nextCursor: string | null;
}

/** Cache-aside over the servers: what each route does, apart from HTTP. */
export class ProductService {
  readonly #servers: Servers;
  /** Absent when caching is turned off. */
  readonly #cache: ProductCache | undefined;

  constructor(servers: Servers, cache: ProductCache | undefined) {
    this.#servers = servers;
    this.#cache = cache;
  }

  /** @throws ApiProblem `not-found`, or what `Servers.read` throws */
  async get(id: string): Promise<FoundProduct> {
    if (!isProductId(id)) throw notFound(id);
    const answer: CacheAnswer = (await this.#cache?.get(id)) ?? { kind: 'bypass' };
    if (answer.kind === 'hit') return { source: 'cache', cache: 'HIT', json: answer.json };
    const { source, result } = await this.#servers.read((database) => findProduct(database, id));
    if (result === undefined) throw notFound(id);
    const json = JSON.stringify(result.product);
    if (answer.kind === 'miss') this.#cache?.fill(id, result.version, json);
    return { source, cache: answer.kind === 'miss' ? 'MISS' : 'BYPASS', json };
  }

  /** @throws ApiProblem `validation` for a cursor that is not ours, or what `Servers.read` throws */
  async list(limit: number, cursor: string | undefined): Promise<ProductPage> {
    const afterId = cursor === undefined ? '0' : decodeCursor(cursor);
    if (afterId === undefined) {
      const message = 'must be the nextCursor of an earlier page';
      throw new ApiProblem('validation', {
        detail: `cursor ${message}`,
        errors: [{ path: '/cursor', message }],
      });
    }
    // One more than asked for tells whether another page follows.
    const { source, result } = await this.#servers.read((database) =>
      listProducts(database, afterId, limit + 1),
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
    await this.#cache?.invalidate(stored.id, stored.version);
    return stored;
  }

  /** @throws ApiProblem `not-found`, `sku-taken`, `validation`, or what `Servers.write` throws */
  async update(id: string, patch: ProductPatch): Promise<StoredProduct> {
    if (!isProductId(id)) throw notFound(id);
    const stored = await this.#servers.write((primary) => updateProduct(primary, id, patch));
    if (stored === undefined) throw notFound(id);
    await this.#cache?.invalidate(id, stored.version);
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
    await this.#cache?.invalidate(id, 'deleted');
    if (!existed) throw notFound(id);
  }

  counts(): CacheCounts {
    return this.#cache?.counts() ?? { hits: 0, misses: 0, bypasses: 0 };
  }
}

function notFound(id: string): ApiProblem {
  return new ApiProblem('not-found', { detail: `There is no product ${JSON.stringify(id.slice(0, 40))}` });
}
