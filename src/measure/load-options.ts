import type { Clock } from '../clock/clock.js';
import type { Emit } from '../events/events.js';
import type { CompletedWrite } from './ledger.js';

/** Clients of one sort. Each has one operation in flight at most; together they are due every `intervalMs / clients`. */
export interface ClientGroup {
  clients: number;
  intervalMs: number;
}

export interface LoadOptions {
  /** Through the proxy to the primary, as the application's role. */
  writeUrl: string;
  apiUrl: string;
  /** 1 to 32 letters and digits, new for each run. */
  runId: string;
  /** The clock of the operations that are measured: phases and ledger are laid side by side. */
  clock: Clock;
  emit?: Emit;
  /** Ends the load at once; what is in flight then is indeterminate. */
  signal?: AbortSignal | undefined;
  /** Default 4 every 10 ms: a write is due every 2.5 ms. */
  proxyWriters?: ClientGroup;
  /** Default 2 every 20 ms. */
  apiWriters?: ClientGroup;
  /** Default 2 every 10 ms. */
  readers?: ClientGroup;
  /** For a connection to the proxy to be ready. Short, so that a client sees the new primary soon. */
  connectTimeoutMs?: number;
  /** For the answer to a statement; a server that is paused gives none. */
  statementTimeoutMs?: number;
  /** For an answer of the API. Longer than the API's own bounds, so that it can say what it knows of a write. */
  httpTimeoutMs?: number;
  /** Readers ask for ids 1 to this. */
  productCount?: number;
}

/** What a client noticed: a write that was not acknowledged, or a connection that broke between two writes. */
export interface ClientError {
  readonly clientId: string;
  readonly atMs: number;
  readonly errorCode: string;
  /** Absent for a connection that broke while it was idle. */
  readonly entry?: CompletedWrite;
}
