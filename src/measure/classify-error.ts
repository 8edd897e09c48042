import type { WriteOutcome } from './write-entry.js';

/** What is known of a write that was not acknowledged. */
export interface Failure {
  readonly outcome: Exclude<WriteOutcome, 'acknowledged'>;
  readonly errorCode: string;
}

/** No answer came in time. The code that the ledger shows. */
export const noAnswer = 'NO_ANSWER';
/** The connection ended without an error that has a code of its own. */
const connectionLost = 'CONNECTION_LOST';

/**
 * SQLSTATEs after which an INSERT in a transaction of its own is certainly not done: the server raised an
 * ERROR while it executed, which rolls back. Once the commit record is written PostgreSQL holds interrupts
 * (CommitTransaction in xact.c), and an error after that is a PANIC: no ERROR can follow a commit. The codes are
 * listed, not all errors taken, because a proxy or pooler in between may raise others for reasons of its own.
 * Codes: PostgreSQL manual, appendix A.
 */
const certainlyNotDone: readonly RegExp[] = [
  /^0A/, // feature not supported, such as a cached plan that must not change its result
  /^22/, // the data were refused
  // A constraint refused the row. Not 23505 (unique violation): a key is sent once, so when it is there already
  // something in between sent the write again, and the first attempt may be the one that is there.
  /^23(?!505)/,
  /^25006$/, // read-only transaction: the server is a standby, and executes no INSERT
  /^26/, // the prepared statement is not known in this session: nothing was executed
  /^40(001|002|P01)$/, // serialization, constraint, deadlock; not 40003, "statement completion unknown"
  /^42/, // syntax, privileges, no such table
  /^53/, // no memory, disk or connections while executing; without disk for WAL, a commit is a PANIC
  /^54/, // a limit of the program
  /^55/, // the object is not in the state for it, such as a lock that was not available
  /^57014$/, // cancelled: once a commit waits for a standby, a cancel only warns and the write is acknowledged
];
// All others leave it open. Above all 57P01 (admin_shutdown) and 57P02 (crash_shutdown): the backend ends at the next
// moment at which it looks, and one of these lies after the commit and before its answer is sent. 08 (connection) and
// 58, XX (system, internal) tell nothing of the transaction.

/**
 * A write that pg rejected.
 *
 * @param sent false when the connection was never ready, so that the statement did not leave this process
 */
export function classifyStatementError(error: unknown, { sent }: { sent: boolean }): Failure {
  const errorCode = errorCodeOf(error);
  if (!sent) return { outcome: 'failed', errorCode };
  const { severity } = asRecord(error);
  // Only what comes from the server has a severity. FATAL and PANIC end the backend at any moment, see above;
  // the word is in the server's language, so that the list of codes has to hold without it.
  const isError = typeof severity === 'string' && severity !== 'FATAL' && severity !== 'PANIC';
  // idle_session_timeout is looked at before a command is carried out (postgres.c): it never comes after a commit.
  const endedIdle = typeof severity === 'string' && errorCode === '57P05';
  const settled = endedIdle || (isError && certainlyNotDone.some((pattern) => pattern.test(errorCode)));
  return { outcome: settled ? 'failed' : 'indeterminate', errorCode };
}

/**
 * A write that the API answered with another status than 2xx.
 *
 * @param body of the answer; an RFC 9457 problem document where the API is the one that answers
 */
export function classifyHttpAnswer(status: number, body: string): Failure {
  const errorCode = `HTTP ${status}`;
  const { outcome } = parseObject(body);
  // The API says for each write that it could not do whether it may have happened.
  if (outcome === 'not-applied') return { outcome: 'failed', errorCode };
  if (outcome === 'unknown') return { outcome: 'indeterminate', errorCode };
  // 4xx: the request was refused before it was carried out. Except 408 and 499, with which something in
  // between gives up waiting, and 409: a key that is sent once and taken was sent twice, see 23505.
  if (status >= 400 && status < 500 && ![408, 409, 499].includes(status)) {
    return { outcome: 'failed', errorCode };
  }
  // A 5xx that does not say "not applied" can come after the write: from a proxy, or from an API that failed late.
  // A 1xx or 3xx where a 2xx was due says nothing of the write either.
  return { outcome: 'indeterminate', errorCode };
}

/**
 * A write whose HTTP exchange broke before there was an answer.
 *
 * @param sent false when no connection was established, so that no byte of the request left this process
 */
export function classifyBrokenExchange(errorCode: string, { sent }: { sent: boolean }): Failure {
  // Only connect() is refused: a connection that was refused has carried nothing.
  const unsent = !sent || errorCode === 'ECONNREFUSED';
  return { outcome: unsent ? 'failed' : 'indeterminate', errorCode };
}

/** SQLSTATE or Node.js error code; for an error without either, `CONNECTION_LOST`. */
export function errorCodeOf(error: unknown): string {
  const { code } = asRecord(error);
  return typeof code === 'string' && code !== '' ? code : connectionLost;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return asRecord(JSON.parse(text));
  } catch {
    return {};
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
