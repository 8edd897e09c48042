import { Socket } from 'node:net';
import pg from 'pg';
import { noAnswer } from './classify-error.js';

export interface SqlConnectionOptions {
  url: string;
  /** Until the server is ready for a statement. */
  connectTimeoutMs: number;
  /** For each statement. */
  answerTimeoutMs: number;
  /** Breaks the connection at once, in whatever state it is. */
  cut: AbortSignal;
  /** Called when the connection breaks while no statement runs on it. */
  onLost: (error: unknown) => void;
}

/** A statement that is prepared once a connection. */
export interface Statement {
  name: string;
  text: string;
}

/** A connection that carries out one statement at a time. */
export interface SqlConnection {
  /** True when it can not be used any more. */
  readonly isLost: () => boolean;
  /**
   * Carries out a statement as a transaction of its own. Resolves when the server is ready for the next one, which it
   * says after the commit. Rows are arrays of texts.
   *
   * @throws pg's DatabaseError, an error of the socket, or an error with the code NO_ANSWER
   */
  readonly run: (statement: Statement, values: readonly (string | number)[]) => Promise<string[][]>;
  /** Says goodbye when the server listens, and breaks the connection. */
  readonly close: () => Promise<void>;
  readonly breakOff: () => void;
}

/** A bound was reached, at the server or on the way to it. */
class NoAnswer extends Error {
  readonly code = noAnswer;
}

const goodbyeTimeoutMs = 200;

/** @throws an error of connecting; nothing of it is left open then */
export async function openSqlConnection(options: SqlConnectionOptions): Promise<SqlConnection> {
  const { url, connectTimeoutMs, answerTimeoutMs, cut, onLost } = options;
  cut.throwIfAborted();
  // pg cannot be told to drop a connection without a word to its server; the socket can.
  const socket = new Socket();
  const client = new pg.Client({
    connectionString: url,
    application_name: 'halab-measure',
    stream: () => socket,
  });
  let isBusy = true;
  let isLost = false;
  const onCut = (): void => {
    socket.destroy(cut.reason as Error);
  };
  cut.addEventListener('abort', onCut, { once: true });
  socket.once('close', () => {
    cut.removeEventListener('abort', onCut);
  });
  const lose = (error: unknown): void => {
    if (isLost) return;
    isLost = true;
    if (!isBusy) onLost(error);
    socket.destroy();
  };
  client.on('error', lose);
  client.once('end', () => {
    lose(undefined);
  });

  const within = async <T>(boundMs: number, work: () => Promise<T>): Promise<T> => {
    isBusy = true;
    // The error reaches pg through the socket, and `work` rejects with it.
    const timer = setTimeout(() => socket.destroy(new NoAnswer(`No answer within ${boundMs} ms`)), boundMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      isBusy = false;
    }
  };

  try {
    await within(connectTimeoutMs, () => client.connect());
  } catch (error) {
    isLost = true;
    socket.destroy();
    throw error;
  }
  return {
    isLost: () => isLost,
    run: async ({ name, text }, values) => {
      const query = { name, text, values: [...values], rowMode: 'array' as const };
      const { rows } = await within(answerTimeoutMs, () => client.query<string[]>(query));
      return rows;
    },
    close: async () => {
      isBusy = true;
      const timer = setTimeout(() => socket.destroy(), goodbyeTimeoutMs);
      if (!isLost) await client.end().catch(() => undefined);
      clearTimeout(timer);
      socket.destroy();
    },
    breakOff: () => {
      isLost = true;
      socket.destroy();
    },
  };
}

/** A connection that is opened anew when it was lost. */
export interface ReconnectingSql {
  /**
   * The connection, when it can be used; else what one attempt to open another gives, undefined when it fails. To be asked
   * again when it has answered.
   */
  readonly use: () => Promise<SqlConnection | undefined>;
  /** Says goodbye. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a connection, and another whenever that was lost; one attempt after the other. Attempts that overlap would learn earlier
 * that the service is back, and cost the processor that it needs for that.
 *
 * @param onRefused told of each attempt that failed, with the time of its begin
 */
export async function reconnecting(
  options: SqlConnectionOptions,
  {
    nowMs,
    onRefused,
  }: { readonly nowMs: () => number; readonly onRefused: (error: unknown, beganMs: number) => void },
): Promise<ReconnectingSql> {
  const attempt = async (): Promise<SqlConnection | undefined> => {
    const beganMs = nowMs();
    try {
      return await openSqlConnection(options);
    } catch (error) {
      if (!options.cut.aborted) onRefused(error, beganMs);
      return undefined;
    }
  };
  let connection = await attempt();
  return {
    use: async () => {
      if (connection?.isLost() !== false) connection = await attempt();
      return connection;
    },
    close: async () => {
      await connection?.close();
    },
  };
}
