import pg from 'pg';
import type { PostgresAddress } from '../nodes/postgres/url.js';
import { applicationName } from './products.js';
import { answerTimeoutMs, type ProductRequest, type Target } from './target.js';

/** The statements of the API (src/api/products-store.ts), each prepared once in a connection. */
function statementOf(request: ProductRequest): pg.QueryConfig {
  switch (request.kind) {
    case 'read':
      return {
        name: 'bench_read',
        text: 'SELECT id, sku, name, description, price, stock, version, created_at, updated_at FROM products WHERE id = $1',
        values: [request.id],
      };
    case 'insert':
      return {
        name: 'bench_insert',
        text: "INSERT INTO products (sku, name, price) VALUES ($1, 'A product of the benchmark', 1.00)",
        values: [request.sku],
      };
    case 'update':
      return {
        name: 'bench_update',
        text: 'UPDATE products SET stock = $2 WHERE id = $1',
        values: [request.id, request.stock],
      };
  }
}

/**
 * A server, or what stands before one, asked by SQL over this many connections, as an application with a pool would. A
 * request waits for a connection when all are taken, and that wait is part of its latency.
 *
 * @throws what pg throws when it cannot connect
 */
export async function openSqlTarget(address: PostgresAddress, connections: number): Promise<Target> {
  const pool = new pg.Pool({
    ...address,
    database: address.database ?? 'shop',
    application_name: applicationName,
    max: connections,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: answerTimeoutMs,
    query_timeout: answerTimeoutMs,
  });
  // A connection that breaks while it rests: the next request opens another.
  pool.on('error', () => undefined);
  try {
    // All at once, so that no request pays for connecting.
    const clients = await Promise.all(Array.from({ length: connections }, () => pool.connect()));
    for (const client of clients) client.release();
  } catch (error) {
    await pool.end();
    throw error;
  }
  return {
    perform: async (request) => {
      try {
        const { rowCount } = await pool.query(statementOf(request));
        return { failure: rowCount === 1 ? null : 'no row', source: null };
      } catch (error) {
        const { code, message } = error as Error & { code?: string };
        return { failure: code ?? message, source: null };
      }
    },
    close: () => pool.end(),
  };
}
