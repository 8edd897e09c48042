import pg from 'pg';
import { skuPrefix } from './run-id.js';

export interface FinalReadOptions {
  /** The server that is the primary at the end, without the proxy; as the application or the administrator. */
  url: string;
  runId: string;
  /** For connecting, and for the statement. */
  timeoutMs?: number;
}

/**
 * The skus of a run that are in the database. Only to be believed when faults are healed and replay has ended;
 * seeing to that is the caller's.
 *
 * @throws what pg throws, and then the verdict is unknown
 */
export async function readRunKeys(options: FinalReadOptions): Promise<Set<string>> {
  const rows = await run<{ sku: string }>(options, `SELECT sku FROM products WHERE ${ofTheRun}`);
  return new Set(rows.map(({ sku }) => sku));
}

/** Leaves the table as it was before the run. Returns the number of rows removed. @throws what pg throws */
export async function removeRunRows(options: FinalReadOptions): Promise<number> {
  // RETURNING and counting here: one shape of answer for both statements.
  return (await run(options, `DELETE FROM products WHERE ${ofTheRun} RETURNING 1`)).length;
}

/** LIKE would take `%` and `_` of the prefix for wildcards; this takes nothing but the prefix. */
const ofTheRun = 'starts_with(sku, $1)';

async function run<Row extends pg.QueryResultRow>(
  { url, runId, timeoutMs = 10_000 }: FinalReadOptions,
  text: string,
): Promise<Row[]> {
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
    return (await client.query<Row>(text, [prefix])).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
