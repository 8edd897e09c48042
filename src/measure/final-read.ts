import pg from 'pg';
import { skuPrefix } from './run-id.js';
import { RunKeys } from './run-keys.js';

/** Where the rows of a run are: in the products, or in a table that `halab measure` makes. */
export interface KeyTable {
  readonly name: 'products' | 'halab_measure';
  readonly key: 'sku' | 'key';
}

const products: KeyTable = { name: 'products', key: 'sku' };

export interface FinalReadOptions {
  /** The server that is the primary at the end, without the proxy; as the application or the administrator. */
  url: string;
  runId: string;
  /** For connecting, and for each statement. */
  timeoutMs?: number;
}

/** Rows of one answer: a run of any length is read in the same memory. */
const pageRows = 10_000;

/**
 * The skus of a run that are in the database. Only to be believed when faults are healed and replay has ended;
 * seeing to that is the caller's.
 *
 * @throws what pg throws, and then the verdict is unknown
 */
export async function readRunKeys(options: FinalReadOptions, table = products): Promise<RunKeys> {
  const keys = new RunKeys();
  await withClient(options, async (client, prefix) => {
    for (let after = ''; ; ) {
      const { rows } = await client.query<{ found: string }>(
        // starts_with takes nothing but the prefix; LIKE would take `%` and `_` for wildcards.
        `SELECT ${table.key} AS found FROM ${table.name}
         WHERE starts_with(${table.key}, $1) AND ${table.key} COLLATE "C" > $2
         ORDER BY ${table.key} COLLATE "C" LIMIT ${pageRows}`,
        [prefix, after],
      );
      for (const { found } of rows) keys.add(found);
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageRows) return;
      after = last.found;
    }
  });
  return keys;
}

/** Leaves the table as it was before the run. Returns the number of rows removed. @throws what pg throws */
export async function removeRunRows(options: FinalReadOptions): Promise<number> {
  return await withClient(options, async (client, prefix) => {
    const { rowCount } = await client.query('DELETE FROM products WHERE starts_with(sku, $1)', [prefix]);
    return rowCount ?? 0;
  });
}

/**
 * Makes the rows of a run's registers. They have a prefix of their own, because no write of the ledger made them.
 *
 * @returns the id of each row
 * @throws what pg throws
 */
export async function createRegisters(options: FinalReadOptions, count: number): Promise<number[]> {
  return await withClient(options, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `INSERT INTO products (sku, name, price)
       SELECT $1 || n, 'A register of the lab', 1 FROM generate_series(0, $2::int - 1) AS n ORDER BY n
       RETURNING id`,
      [registerPrefix(options.runId), count],
    );
    return rows.map(({ id }) => Number(id));
  });
}

/** @throws what pg throws */
export async function removeRegisters(options: FinalReadOptions): Promise<void> {
  await withClient(options, (client) =>
    client.query('DELETE FROM products WHERE starts_with(sku, $1)', [registerPrefix(options.runId)]),
  );
}

const registerPrefix = (runId: string): string => `register-${skuPrefix(runId)}`;

/** Works on a connection of its own. @throws what pg throws */
export async function withClient<T>(
  { url, runId, timeoutMs = 10_000 }: FinalReadOptions,
  work: (client: pg.Client, prefix: string) => Promise<T>,
): Promise<T> {
  const prefix = skuPrefix(runId);
  const client = new pg.Client({
    connectionString: url,
    application_name: 'halab-measure',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  });
  // A connection that breaks between two statements has nobody else to tell.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client, prefix);
  } finally {
    await client.end().catch(() => undefined);
  }
}
