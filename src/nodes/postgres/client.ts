import { Socket } from 'node:net';
import pg from 'pg';
import type { PostgresAddress } from './url.js';

/** A server that lives closes its end within milliseconds; one that was frozen meanwhile never does. */
const endTimeoutMs = 250;

/** An open connection. Given back by `await using`. */
export interface PostgresSession extends AsyncDisposable {
  /** Runs one statement with bound parameters and returns its rows. */
  readonly query: <Row extends object>(sql: string, parameters?: readonly unknown[]) => Promise<Row[]>;
}

/**
 * Opens a connection.
 *
 * @param timeoutMs bound on connecting, and on each statement
 * @throws what pg throws: a connection error, or a DatabaseError with its SQLSTATE in `code`
 */
export async function openSession(address: PostgresAddress, timeoutMs = 1000): Promise<PostgresSession> {
  const socket = new Socket();
  const client = new pg.Client({
    stream: () => socket,
    ...address,
    database: address.database ?? 'shop',
    application_name: 'halab',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  });
  // A server that is stopped breaks idle connections too; the next query reports it.
  client.on('error', () => undefined);
  const end = async (): Promise<void> => {
    const timer = setTimeout(() => socket.destroy(), endTimeoutMs);
    await client.end().catch(() => undefined);
    clearTimeout(timer);
  };
  try {
    await client.connect();
  } catch (error) {
    await end();
    throw error;
  }
  return {
    query: async <Row extends object>(sql: string, parameters: readonly unknown[] = []) =>
      (await client.query<Row>(sql, [...parameters])).rows,
    [Symbol.asyncDispose]: end,
  };
}

/** One statement on a connection of its own. */
export async function queryOnce<Row extends object>(
  address: PostgresAddress,
  sql: string,
  parameters: readonly unknown[] = [],
  timeoutMs?: number,
): Promise<Row[]> {
  await using session = await openSession(address, timeoutMs);
  return await session.query<Row>(sql, parameters);
}
