import type { WriteOutcome } from './problems.js';

/** The database did not answer, or answered that it cannot serve now. */
export class DatabaseUnavailable extends Error {
  readonly outcome: WriteOutcome;

  constructor(message: string, outcome: WriteOutcome, cause?: unknown) {
    super(message, { cause });
    this.name = 'DatabaseUnavailable';
    this.outcome = outcome;
  }
}

/** No connection became free in time, or too many requests were waiting already. Nothing was sent. */
export class DatabaseOverloaded extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DatabaseOverloaded';
  }
}

/** SQLSTATEs that decide what happens to a request (PostgreSQL manual, appendix A). */
export const sqlState = {
  uniqueViolation: '23505',
  checkViolation: '23514',
  readOnlyTransaction: '25006',
  idleSessionTimeout: '57P05',
  invalidStatementName: '26000',
  featureNotSupported: '0A000',
  serializationFailure: '40001',
  queryCanceled: '57014',
} as const;

/** The SQLSTATE of a server's error; undefined for an error of the connection. */
export function sqlStateOf(error: unknown): string | undefined {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && severity !== undefined ? code : undefined;
}

/** What an error says about the connection it came through, and about the statement. */
export type Diagnosis =
  /** The statement is at fault; server and connection are well. */
  | { kind: 'statement' }
  /** This session's prepared statement is gone or stale; a new connection will do. Nothing was done. */
  | { kind: 'stale-session' }
  /** The server is well, but could not finish the statement in time or beside its other work. */
  | { kind: 'busy' }
  /** The connection must be dropped, and its siblings are suspect. */
  | { kind: 'lost'; outcome: WriteOutcome };

/** What pg says when the connection broke before the statement was given to it: nothing was sent (pg, lib/client.js). */
const isRefusedByDriver = (error: unknown): boolean =>
  error instanceof Error && error.message.endsWith('and is not queryable');

/** Diagnoses an error of a statement that was given to the driver. */
export function diagnose(error: unknown): Diagnosis {
  const state = sqlStateOf(error);
  if (state === undefined)
    return { kind: 'lost', outcome: isRefusedByDriver(error) ? 'not-applied' : 'unknown' };
  switch (state) {
    case sqlState.readOnlyTransaction:
    // The server looks at this timeout before it carries out a command (postgres.c), never after a commit.
    case sqlState.idleSessionTimeout:
      return { kind: 'lost', outcome: 'not-applied' };
    case sqlState.invalidStatementName:
    case sqlState.featureNotSupported:
      return { kind: 'stale-session' };
    case sqlState.queryCanceled:
    case sqlState.serializationFailure:
      return { kind: 'busy' };
  }
  // 57P01..57P03: the server is going away. It can say so after a commit and before the answer to it.
  if (state.startsWith('57P')) return { kind: 'lost', outcome: 'unknown' };
  // Classes 08 (connection), 58 (system error: a disk), 53 (out of memory, disk or connections).
  if (/^(08|58)/.test(state)) return { kind: 'lost', outcome: 'unknown' };
  if (state.startsWith('53')) return { kind: 'busy' };
  return { kind: 'statement' };
}

/** One line for people: the code and the message, without connection parameters. */
export function describeError(error: unknown): string {
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  const shown = first ?? error;
  const message = shown instanceof Error ? shown.message : String(shown);
  const code = (shown as { code?: unknown } | null)?.code;
  return typeof code === 'string' && !message.includes(code) ? `${code}: ${message}` : message;
}
