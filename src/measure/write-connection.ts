import { Socket } from 'node:net';
import pg from 'pg';
import { noAnswer } from './classify-error.js';

export interface WriteConnectionOptions {
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

/** A connection that writes one row at a time. */
export interface WriteConnection {
  /** True when it can not be used any more. */
  readonly isLost: () => boolean;
  /**
   * Inserts a product with this sku, as a transaction of its own. Resolves when the server is ready for the next
   * statement, which it says after the commit.
   *
   * @throws pg's DatabaseError, an error of the socket, or an error with the code NO_ANSWER
   */
  readonly insert: (sku: string) => Promise<void>;
  /** Says goodbye when the server listens, and breaks the connection. */
  readonly close: () => Promise<void>;
  readonly breakOff: () => void;
}

/** A bound was reached, at the server or on the way to it. */
class NoAnswer extends Error {
  readonly code = noAnswer;
}

const goodbyeTimeoutMs = 200;

const insertText = "INSERT INTO products (sku, name, price) VALUES ($1, 'A write of the lab', 1.00)";

/** @throws an error of connecting; nothing of it is left open then */
export async function openWriteConnection(options: WriteConnectionOptions): Promise<WriteConnection> {
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

  const within = async (boundMs: number, work: () => Promise<unknown>): Promise<void> => {
    isBusy = true;
    // The error reaches pg through the socket, and `work` rejects with it.
    const timer = setTimeout(() => socket.destroy(new NoAnswer(`No answer within ${boundMs} ms`)), boundMs);
    try {
      await work();
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
    insert: (sku) =>
      within(answerTimeoutMs, () => client.query({ name: 'halab-measure', text: insertText, values: [sku] })),
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
