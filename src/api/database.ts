import { Socket } from 'node:net';
import { Pool, type PoolClient, type QueryResultRow } from 'pg';
import { DatabaseOverloaded, DatabaseUnavailable, describeError, diagnose } from './database-errors.js';
import { Gate } from './gate.js';

export interface DatabaseOptions {
  url: string;
  /** Seen in pg_stat_activity. */
  applicationName: string;
  maxConnections: number;
  maxWaiting: number;
  connectTimeoutMs: number;
  /** For a place in the pool. */
  maxWaitMs: number;
  /** For one call of `query`, waiting and connecting included. */
  timeoutMs: number;
  /** Sends waiting requests away when a connection fails: right where they can be served by another server. */
  refuseWaitingOnFailure?: boolean;
  /** Called when the server cannot be reached or cannot serve: by a request, or on an idle connection. */
  onFailure?: (error: unknown) => void;
}

export interface Statement {
  /** Prepared under this name once in each connection; the driver keeps count, so a new connection starts anew. */
  name?: string;
  text: string;
  values?: unknown[];
}

/** Asked before a statement, on its connection, so that both speak of the same server. */
export interface Precondition<Row extends QueryResultRow> {
  statement: Statement;
  holds: (rows: readonly Row[]) => boolean;
}

type Query = <Row extends QueryResultRow>(statement: Statement) => Promise<Row[]>;

/**
 * A connection that has rested for this long says a word before it carries a statement. A switchover ends sessions that
 * rest, from 250 ms on (src/failover/cut-sessions.ts): a statement sent in that moment could not tell whether it was begun.
 */
const restMs = 200;
const wordText = '';

export interface DatabaseStats {
  connections: number;
  running: number;
  waiting: number;
}

/**
 * A bounded pool whose connections are all thrown away as soon as one of them turns out to lead nowhere:
 * after a failover through a proxy the siblings of a broken connection are broken as well, and each would
 * cost a request its full timeout.
 */
export class Database {
  readonly #options: DatabaseOptions;
  readonly #gate: Gate;
  readonly #sockets = new Set<Socket>();
  /** When each connection was last sent a statement, on the clock of `performance.now()`. */
  readonly #sentAtMs = new WeakMap<PoolClient, number>();
  #pool: Pool;
  #closed = false;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.#gate = new Gate(options.maxConnections, options.maxWaiting);
    this.#pool = this.#openPool();
  }

  /**
   * Runs one statement, which is a transaction of its own, and returns its rows.
   *
   * @throws DatabaseUnavailable, DatabaseOverloaded, or the server's own error when the statement is at fault
   */
  query<Row extends QueryResultRow>(statement: Statement): Promise<Row[]> {
    return this.#withClient((query) => query<Row>(statement));
  }

  /** Like `query`, when the server meets the precondition; undefined when it does not. */
  queryIf<Row extends QueryResultRow, Known extends QueryResultRow>(
    { statement: question, holds }: Precondition<Known>,
    statement: Statement,
  ): Promise<Row[] | undefined> {
    return this.#withClient(async (query) =>
      holds(await query<Known>(question)) ? await query<Row>(statement) : undefined,
    );
  }

  stats(): DatabaseStats {
    return { connections: this.#sockets.size, running: this.#gate.running, waiting: this.#gate.waiting };
  }

  /** Closes idle connections at once and the others when their statement ends; after `graceMs` all of them. */
  async close(graceMs: number): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await this.#pool.end();
    // Connections that an earlier failure left behind.
    for (const socket of this.#sockets) socket.destroy();
    clearTimeout(timer);
  }

  async #withClient<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const deadlineMs = performance.now() + this.#options.timeoutMs;
    await this.#gate.enter(this.#options.maxWaitMs);
    try {
      return await this.#run(work, deadlineMs, true);
    } finally {
      this.#gate.leave();
    }
  }

  async #run<T>(work: (query: Query) => Promise<T>, deadlineMs: number, mayRetry: boolean): Promise<T> {
    const pool = this.#pool;
    const client = await this.#connect(pool);
    const send: Query = async <Row extends QueryResultRow>(statement: Statement) => {
      const nowMs = performance.now();
      this.#sentAtMs.set(client, nowMs);
      const remainingMs = Math.max(100, Math.ceil(deadlineMs - nowMs));
      const query: Statement & { query_timeout: number } = { ...statement, query_timeout: remainingMs };
      return (await client.query<Row>(query)).rows;
    };
    let begun = false;
    try {
      const sentAtMs = this.#sentAtMs.get(client);
      if (sentAtMs !== undefined && performance.now() - sentAtMs > restMs) await send({ text: wordText });
      begun = true;
      const result = await work(send);
      client.release();
      return result;
    } catch (error) {
      const diagnosis = diagnose(error);
      client.release(diagnosis.kind === 'lost' || diagnosis.kind === 'stale-session');
      switch (diagnosis.kind) {
        case 'statement':
          throw error;
        case 'busy':
          throw new DatabaseUnavailable(describeError(error), 'not-applied', error);
        case 'stale-session':
          this.#renew(pool);
          if (mayRetry) return await this.#run(work, deadlineMs, false);
          throw error;
        case 'lost':
          this.#renew(pool);
          throw this.#failed(
            new DatabaseUnavailable(describeError(error), begun ? diagnosis.outcome : 'not-applied', error),
          );
      }
    }
  }

  async #connect(pool: Pool): Promise<PoolClient> {
    if (this.#closed) throw new DatabaseUnavailable('The API is closing', 'not-applied');
    try {
      return await pool.connect();
    } catch (error) {
      throw this.#failed(new DatabaseUnavailable(describeError(error), 'not-applied', error));
    }
  }

  #failed(failure: DatabaseUnavailable): DatabaseUnavailable {
    this.#options.onFailure?.(failure);
    if (this.#options.refuseWaitingOnFailure === true) this.#gate.refuseWaiting(failure);
    return failure;
  }

  /** Replaces the pool that a broken connection came from, unless another request has done so already. */
  #renew(broken: Pool): void {
    if (this.#closed || broken !== this.#pool) return;
    this.#pool = this.#openPool();
    void broken.end();
  }

  #openPool(): Pool {
    const { url, applicationName, maxConnections, connectTimeoutMs, timeoutMs } = this.#options;
    const pool = new Pool({
      connectionString: url,
      application_name: applicationName,
      max: maxConnections,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: 30_000,
      // The server gives up before the client does, so that a slow statement does not cost the connection.
      statement_timeout: Math.round(timeoutMs * 0.9),
      keepAlive: true,
      keepAliveInitialDelayMillis: 1_000,
      stream: () => this.#openSocket(),
    });
    // A connection that fails in use tells the statement that runs in it; without a listener it would end the process.
    pool.on('connect', (client) => client.on('error', () => undefined));
    pool.on('error', (error) => {
      this.#renew(pool);
      this.#options.onFailure?.(error);
    });
    return pool;
  }

  /** Counted, so that `close` does not wait for a server that no longer answers. */
  #openSocket(): Socket {
    const socket = new Socket();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}

/** True for an error that another server, or the same one a moment later, may not give. */
export function isTransient(error: unknown): error is DatabaseUnavailable | DatabaseOverloaded {
  return error instanceof DatabaseUnavailable || error instanceof DatabaseOverloaded;
}
