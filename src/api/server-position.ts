import type { QueryResultRow } from 'pg';
import type { Database, Statement } from './database.js';
import { sqlStateOf } from './database-errors.js';
import { holdsPosition, type WalPosition } from './wal-position.js';

/** What a read needs of a database. */
export interface Reader {
  query<Row extends QueryResultRow>(statement: Statement): Promise<Row[]>;
}

/** The replica has not replayed what the reader must see, or does not tell. */
export class ReplicaBehind extends Error {
  constructor() {
    super('The replica has not replayed the position yet');
    this.name = 'ReplicaBehind';
  }
}

interface PositionRow {
  /** Null on a replica that receives nothing. */
  timeline: number | null;
  /** Null on a replica that has replayed nothing. */
  lsn: string | null;
}

const positionStatement: Statement = {
  name: 'wal_position',
  text: `SELECT timeline, lsn - '0/0'::pg_lsn AS lsn FROM halab.wal_position()`,
};

function fromRows([row]: readonly PositionRow[]): WalPosition | undefined {
  if (row === undefined || row.timeline === null || row.lsn === null) return undefined;
  return { timeline: row.timeline, lsn: BigInt(row.lsn) };
}

/** Where this server's WAL ends. @throws what `Database.query` throws, or when the server does not tell */
export async function askPosition(database: Database): Promise<WalPosition> {
  const position = fromRows(await database.query<PositionRow & QueryResultRow>(positionStatement));
  if (position === undefined) throw new Error('The server does not tell its WAL position');
  return position;
}

/**
 * The same database for reads that must see what lies before `after`, where it is given, and that are told the LSN that
 * their server holds: they see what lies before it.
 *
 * The position is asked on the connection of the read, before it: a statement's snapshot holds at least what was
 * replayed when it began, and another connection may lead to another server.
 */
export function holding(
  database: Database,
  { after, tell }: { after?: WalPosition | undefined; tell?: ((lsn: bigint) => void) | undefined },
): Reader {
  const precondition = {
    statement: positionStatement,
    holds: (rows: readonly (PositionRow & QueryResultRow)[]): boolean => {
      const lsn = rows[0]?.lsn ?? null;
      if (lsn !== null) tell?.(BigInt(lsn));
      const server = fromRows(rows);
      return after === undefined || (server !== undefined && holdsPosition(server, after));
    },
  };
  return {
    query: async <Row extends QueryResultRow>(statement: Statement): Promise<Row[]> => {
      const rows = await database
        .queryIf<Row, PositionRow & QueryResultRow>(precondition, statement)
        .catch((error: unknown) => {
          // Class 42: it has no such function, or refuses it.
          if (sqlStateOf(error)?.startsWith('42') !== true) throw error;
          return after === undefined ? database.query<Row>(statement) : undefined;
        });
      if (rows === undefined) throw new ReplicaBehind();
      return rows;
    },
  };
}
