import type { PostgresSession } from '../nodes/postgres/client.js';
import type { WalPast } from '../nodes/postgres/wal-past-fork.js';

/** Rows of one table that a rejoin takes back. */
export interface DiscardedRows {
  table: string;
  inserted: number;
  updated: number;
  deleted: number;
}

/** What a node holds and the primary never had, and what a rejoin therefore throws away. */
export interface Discarded {
  /** Where the primary left the node's timeline, and where the node's WAL ends. */
  fromLsn: string;
  toLsn: string;
  walBytes: number;
  /** Committed transactions: with none, the WAL holds only what the server wrote for itself. */
  transactions: number;
  tables: DiscardedRows[];
}

/** Names the tables of the application; what the catalogue's own tables had changed is left out. */
export async function nameTables(
  primary: PostgresSession,
  forkLsn: string,
  past: WalPast,
): Promise<Discarded> {
  const names = await primary.query<{ relfilenode: number; table: string }>(
    `SELECT file AS relfilenode, format('%I.%I', nspname, relname) AS table
     FROM unnest($1::oid[]) AS file
     JOIN pg_class ON pg_class.oid = pg_filenode_relation(0, file)
     JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname NOT IN ('pg_catalog', 'pg_toast')`,
    [past.rows.map(({ relfilenode }) => relfilenode)],
  );
  const tables = past.rows.flatMap(({ relfilenode, ...rows }) =>
    names.filter((name) => name.relfilenode === relfilenode).map(({ table }) => ({ table, ...rows })),
  );
  const { endLsn, bytes, transactions } = past;
  return { fromLsn: forkLsn, toLsn: endLsn, walBytes: bytes, transactions, tables };
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** In one line: `2 transactions (public.products: 3 inserted, 1 updated), 512 bytes of WAL past 0/3000148`. */
export function describeDiscarded({ fromLsn, walBytes, transactions, tables }: Discarded): string {
  const rows = tables.map(({ table, ...changes }) => {
    const parts = Object.entries(changes).filter(([, count]) => count > 0);
    return `${table}: ${parts.map(([change, count]) => `${count} ${change}`).join(', ')}`;
  });
  return (
    `${counted(transactions, 'transaction')}${rows.length === 0 ? '' : ` (${rows.join('; ')})`}, ` +
    `${counted(walBytes, 'byte')} of WAL past ${fromLsn}`
  );
}
