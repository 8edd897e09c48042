import type { Database } from './database.js';
import { sqlState, sqlStateOf } from './database-errors.js';
import { ApiProblem } from './problems.js';
import type { Product, ProductInput, ProductPatch } from './schemas.js';
import type { Reader } from './server-position.js';

/** As the driver gives it: bigint and numeric are text, timestamps are dates. */
export interface ProductRow {
  id: string;
  sku: string;
  name: string;
  description: string;
  price: string;
  stock: number;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** A product with its key and its version as exact text. */
export interface StoredProduct {
  id: string;
  version: bigint;
  product: Product;
}

export const columns = 'id, sku, name, description, price, stock, version, created_at, updated_at';

/** The product, or undefined when this server has none with that id. */
export async function findProduct(database: Reader, id: string): Promise<StoredProduct | undefined> {
  const [row] = await database.query<ProductRow>({
    name: 'find_product',
    text: `SELECT ${columns} FROM products WHERE id = $1`,
    values: [id],
  });
  return row && fromRow(row);
}

/** At most `limit` products with ids above `afterId`, in the order of their ids. */
export async function listProducts(
  database: Reader,
  afterId: string,
  limit: number,
): Promise<StoredProduct[]> {
  const rows = await database.query<ProductRow>({
    name: 'list_products',
    text: `SELECT ${columns} FROM products WHERE id > $1 ORDER BY id LIMIT $2`,
    values: [afterId, limit],
  });
  return rows.map(fromRow);
}

/** @throws ApiProblem `sku-taken`, `validation` */
export async function insertProduct(database: Database, input: ProductInput): Promise<StoredProduct> {
  const [row] = await write(database, input.sku, {
    name: 'insert_product',
    text: `INSERT INTO products (sku, name, description, price, stock)
      VALUES ($1, $2, $3, $4, $5) RETURNING ${columns}`,
    values: [input.sku, input.name, input.description ?? '', String(input.price), input.stock ?? 0],
  });
  if (row === undefined) throw new Error('INSERT ... RETURNING returned no row');
  return fromRow(row);
}

/**
 * Changes what the patch names, and returns the product; undefined when there is none with that id and one of these
 * versions (undefined: any).
 *
 * @throws ApiProblem `sku-taken`, `validation`
 */
export async function updateProduct(
  database: Database,
  id: string,
  patch: ProductPatch,
  versions: readonly string[] | undefined,
): Promise<StoredProduct | undefined> {
  const { sku, name, description, price, stock } = patch;
  const [row] = await write(database, sku, {
    name: 'update_product',
    // No column may be null, so null stands for "as it is".
    text: `UPDATE products SET sku = coalesce($2, sku), name = coalesce($3, name),
        description = coalesce($4, description), price = coalesce($5, price), stock = coalesce($6, stock)
      WHERE id = $1 AND ${hasVersion(7)} RETURNING ${columns}`,
    values: [id, sku, name, description, price === undefined ? undefined : String(price), stock, versions],
  });
  return row && fromRow(row);
}

/** True when the product was there, with one of these versions (undefined: any). */
export async function deleteProduct(
  database: Database,
  id: string,
  versions: readonly string[] | undefined,
): Promise<boolean> {
  const rows = await database.query({
    name: 'delete_product',
    text: `DELETE FROM products WHERE id = $1 AND ${hasVersion(2)} RETURNING id`,
    values: [id, versions],
  });
  return rows.length > 0;
}

/** True for every version when the parameter is null. */
function hasVersion(parameter: number): string {
  return `($${parameter}::bigint[] IS NULL OR version = ANY ($${parameter}))`;
}

export async function write(
  database: Database,
  sku: string | undefined,
  statement: { name: string; text: string; values: unknown[] },
): Promise<ProductRow[]> {
  try {
    return await database.query<ProductRow>(statement);
  } catch (error) {
    const state = sqlStateOf(error);
    if (state === sqlState.uniqueViolation) {
      throw new ApiProblem('sku-taken', {
        detail: `The SKU ${JSON.stringify(sku)} belongs to another product`,
      });
    }
    // Class 22 (data exception): a value that the schema let through and the column does not hold.
    if (state === sqlState.checkViolation || state?.startsWith('22') === true) {
      const { message } = error as Error;
      throw new ApiProblem('validation', { detail: message, errors: [{ path: '', message }] });
    }
    throw error;
  }
}

export function fromRow(row: ProductRow): StoredProduct {
  const product: Product = {
    id: jsonInteger(row.id),
    sku: row.sku,
    name: row.name,
    description: row.description,
    price: row.price,
    stock: row.stock,
    version: jsonInteger(row.version),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
  return { id: row.id, version: BigInt(row.version), product };
}

function jsonInteger(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}
