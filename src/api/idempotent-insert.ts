import type { Database } from './database.js';
import { ApiProblem } from './problems.js';
import { columns, fromRow, type ProductRow, type StoredProduct, write } from './products-store.js';
import type { ProductInput } from './schemas.js';

/** `replayed`: an earlier request with the same key made it. */
export type CreatedProduct = StoredProduct & { replayed?: boolean };

interface KeyRow {
  product_id: string;
  created_at: Date;
  /** It was used for the same request. */
  same: boolean;
}

/**
 * Keys are kept for a day. Each use removes up to ten older ones, so that their number stays bounded without a job that
 * somebody has to run.
 */
const insertStatement = `
  WITH expired AS (
    DELETE FROM idempotency_keys WHERE key IN (
      SELECT key FROM idempotency_keys WHERE created_at < now() - interval '24 hours'
      ORDER BY created_at LIMIT 10 FOR UPDATE SKIP LOCKED
    )
  ), claim AS (
    INSERT INTO idempotency_keys (key, request, product_id)
    VALUES ($6, $7, nextval('products_id_seq'))
    ON CONFLICT (key) DO NOTHING
    RETURNING product_id
  )
  INSERT INTO products (id, sku, name, description, price, stock) OVERRIDING SYSTEM VALUE
  SELECT product_id, $1::text, $2::text, $3::text, $4::numeric, $5::integer FROM claim
  RETURNING ${columns}`;

/**
 * Inserts the product unless an earlier request with the same key did; then returns it as it was made. Key and product
 * stand in one statement: a failover keeps both or neither. Of requests at the same time the later ones wait for the
 * first at the key's unique index.
 *
 * @throws ApiProblem `idempotency-key-reused`, `sku-taken`, `validation`
 */
export async function insertProductOnce(
  database: Database,
  input: ProductInput,
  key: string,
): Promise<CreatedProduct> {
  const { sku, name, description = '', stock = 0 } = input;
  const price = twoDecimals(String(input.price));
  const request = JSON.stringify({ sku, name, description, price, stock });
  // The key that was found to be taken can expire before it is read; then it is free.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const [row] = await write(database, sku, {
      name: 'insert_product_once',
      text: insertStatement,
      values: [sku, name, description, price, stock, key, request],
    });
    if (row !== undefined) return fromRow(row);
    const [used] = await database.query<KeyRow & Record<string, unknown>>({
      name: 'find_idempotency_key',
      text: `SELECT product_id, created_at, request = $2::jsonb AS same FROM idempotency_keys WHERE key = $1`,
      values: [key, request],
    });
    if (used === undefined) continue;
    if (!used.same) {
      const detail = 'A request with the same Idempotency-Key had another body';
      throw new ApiProblem('idempotency-key-reused', { detail });
    }
    const { product_id: id, created_at } = used;
    const made: ProductRow = {
      ...{ id, sku, name, description, price, stock },
      ...{ version: '1', created_at, updated_at: created_at },
    };
    return { ...fromRow(made), replayed: true };
  }
  throw new Error('The idempotency key was neither free nor taken');
}

/** A price as numeric(12,2) gives it back. */
function twoDecimals(price: string): string {
  const [whole = '', decimals = ''] = price.split('.');
  return `${whole}.${decimals.padEnd(2, '0')}`;
}
