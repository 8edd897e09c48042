import pg from 'pg';
import type { Clock } from '../clock/clock.js';
import { waitUntil } from '../clock/wait-until.js';
import { HalabError } from '../errors/halab-error.js';
import type { PostgresAddress } from '../nodes/postgres/url.js';

/** Seen in pg_stat_activity. */
export const applicationName = 'halab-bench';

/** How many products are read and updated: few enough to be cached within the warm-up. */
const productCount = 100;

const statementTimeoutMs = 30_000;
const replayTimeoutMs = 10_000;

async function query<Row extends pg.QueryResultRow>(
  address: PostgresAddress,
  text: string,
  values: unknown[],
): Promise<Row[]> {
  const client = new pg.Client({
    ...address,
    database: address.database ?? 'shop',
    application_name: applicationName,
    connectionTimeoutMillis: statementTimeoutMs,
    query_timeout: statementTimeoutMs,
  });
  // A connection that breaks between two statements has nobody else to tell.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The rows of one run. Given back by `await using`: all of them are removed then, whoever inserted them. */
export interface BenchProducts extends AsyncDisposable {
  /** Those that are read and updated. */
  readonly ids: readonly string[];
  /** What the sku of every row of the run begins with. */
  readonly skuPrefix: string;
}

interface ProductsOptions {
  /** Letters and digits. */
  runId: string;
  /** Through the proxy, as the application. */
  writes: PostgresAddress;
  replicas: readonly PostgresAddress[];
  clock: Clock;
  signal?: AbortSignal | undefined;
}

/**
 * Inserts the products that a benchmark works on, and waits until every replica has them: the user's own are not touched.
 *
 * @throws what pg throws; VERIFICATION_FAILED when a replica does not replay them; the signal's reason
 */
export async function insertProducts(options: ProductsOptions): Promise<BenchProducts> {
  const { runId, writes, replicas, clock, signal } = options;
  const skuPrefix = `bench-${runId}-`;
  const remove = async (): Promise<void> => {
    // LIKE would take `%` and `_` of the prefix for wildcards; this takes nothing but the prefix.
    await query(writes, 'DELETE FROM products WHERE starts_with(sku, $1)', [skuPrefix]);
  };
  try {
    const rows = await query<{ id: string }>(
      writes,
      `INSERT INTO products (sku, name, description, price)
       SELECT $1 || 'read-' || n, 'A product of the benchmark', 'Read and updated by halab bench.', 1.00
       FROM generate_series(1, $2::integer) AS n RETURNING id`,
      [skuPrefix, productCount],
    );
    const ids = rows.map(({ id }) => id);
    const lastId = ids.at(-1);
    for (const replica of replicas) {
      await waitUntil(
        async () => {
          const found = await query(replica, 'SELECT 1 FROM products WHERE id = $1', [lastId]);
          return found.length === 1 ? true : undefined;
        },
        {
          clock,
          timeoutMs: replayTimeoutMs,
          intervalMs: 50,
          signal,
          onTimeout: (cause) =>
            new HalabError(
              'VERIFICATION_FAILED',
              `A replica did not replay the products of the benchmark within ${replayTimeoutMs / 1000} s.`,
              { cause },
            ),
        },
      );
    }
    return { ids, skuPrefix, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove().catch(() => undefined); // The first error says what is wrong.
    throw error;
  }
}
