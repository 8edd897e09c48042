import type { Clock } from '../clock/clock.js';
import type { Emit } from '../events/events.js';
import type { LedgerStore } from './ledger-store.js';
import type { RegisterAccess } from './register-access.js';
import type { CompletedWrite } from './write-entry.js';

/** Clients of one sort. Each has one operation in flight at most; together they are due every `intervalMs / clients`. */
export interface ClientGroup {
  clients: number;
  intervalMs: number;
}

/** The sorts of clients. */
export interface Groups {
  /** Insert rows through the proxy. */
  proxyWriters: ClientGroup;
  /** Insert rows through the API. */
  apiWriters: ClientGroup;
  /** Read products through the API. */
  readers: ClientGroup;
  /** Update registers through the API. */
  registerWriters: ClientGroup;
  /** Read registers through the API: such a read can be proved stale. */
  registerReaders: ClientGroup;
  /** Update a register through the API and read it again. */
  sessions: ClientGroup;
}

export interface LoadOptions {
  /** Through the proxy to the primary, as the application's role. */
  writeUrl: string;
  /** Asked before each connection, so that the API can be replaced while the load goes on. */
  apiUrl: string | (() => string);
  /** 1 to 32 letters and digits, new for each run. */
  runId: string;
  /** The clock of the operations that are measured: phases and ledger are laid side by side. */
  clock: Clock;
  emit?: Emit;
  /** Ends the load at once; what is in flight then is indeterminate. */
  signal?: AbortSignal | undefined;
  /** Default: `defaultGroups`. */
  groups?: Partial<Groups>;
  /** What the clients of registers share; needed when there are any. */
  registers?: RegisterAccess | undefined;
  /** Where the writes are kept; by default in memory. */
  store?: LedgerStore | undefined;
  /** For a connection to the proxy to be ready. Short, so that a client sees the new primary soon. */
  connectTimeoutMs?: number;
  /** For the answer to a statement; a server that is paused gives none. */
  statementTimeoutMs?: number;
  /** For an answer of the API. Longer than the API's own bounds, so that it can say what it knows of a write. */
  httpTimeoutMs?: number;
  /** Readers ask for ids 1 to this. */
  productCount?: number;
}

export const noClients: ClientGroup = { clients: 0, intervalMs: 1000 };

/** A write is due every 2.5 ms through the proxy and every 10 ms through the API, a read every 5 ms. */
export const defaultGroups: Groups = {
  proxyWriters: { clients: 4, intervalMs: 10 },
  apiWriters: { clients: 2, intervalMs: 20 },
  readers: { clients: 2, intervalMs: 10 },
  registerWriters: noClients,
  registerReaders: noClients,
  sessions: noClients,
};

/** What a client noticed: a write that was not acknowledged, or a connection that broke between two writes. */
export interface ClientError {
  readonly clientId: string;
  readonly atMs: number;
  readonly errorCode: string;
  /** Absent for a connection that broke while it was idle. */
  readonly entry?: CompletedWrite;
}
