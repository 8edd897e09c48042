import type { Clock } from '../clock/clock.js';
import {
  classifyBrokenExchange,
  classifyHttpAnswer,
  classifyStatementError,
  type Failure,
} from './classify-error.js';
import { type HttpClientOptions, openHttpClient } from './http-exchange.js';
import type { Ledger } from './ledger.js';
import { type Client, clientOver, type Pace, takeTurns } from './pace.js';
import { skuPrefix } from './run-id.js';
import {
  openSqlConnection,
  reconnecting,
  type SqlConnection,
  type SqlConnectionOptions,
  type Statement,
} from './sql-connection.js';
import type { Completion, Write, WritePath } from './write-entry.js';

interface Author {
  clientId: string;
  /** Every sku is `lab-RUN-CLIENT-SEQUENCE`. */
  runId: string;
  ledger: Ledger;
}

export interface WriterOptions extends Author {
  pace: Pace;
  /** Ends at once what is in flight. */
  cut: AbortSignal;
}

/** Makes the writes of one client, and the entries of its ledger. */
function writesOf({ clientId, runId, ledger }: Author, clock: Clock, path: WritePath) {
  const prefix = skuPrefix(runId);
  let sequence = 0;
  const next = (): Write => {
    sequence += 1;
    return { clientId, path, key: `${prefix}${clientId}-${sequence}` };
  };
  return {
    /** A write that could not be sent, because there was no connection to send it on. */
    recordUnsent: (startedMs: number, failure: Failure): void => {
      ledger.complete(ledger.invoke(next(), startedMs), { ...failure, atMs: clock.nowMs() });
    },
    record: async (send: (key: string) => Promise<Failure | undefined>): Promise<boolean> => {
      const entry = ledger.invoke(next(), clock.nowMs());
      const failure = await send(entry.key);
      ledger.complete(entry, completionOf(failure, clock));
      return failure === undefined;
    },
  };
}

const completionOf = (failure: Failure | undefined, clock: Clock): Completion =>
  failure === undefined
    ? { outcome: 'acknowledged', atMs: clock.nowMs() }
    : { ...failure, atMs: clock.nowMs() };

/** Inserts a product; the rest of the row is the same in each. */
const insertProduct: Statement = {
  name: 'halab-measure',
  text: "INSERT INTO products (sku, name, price) VALUES ($1, 'A write of the lab', 1.00)",
};

/**
 * Writes through the proxy, on a connection of its own that is opened before the writer starts.
 *
 * A turn is one attempted write. Without a connection it first opens one: an attempt that fails counts as a write that was
 * attempted and failed, invoked when connecting began. So an outage is seen as failed writes, and none of them can be lost:
 * nothing was sent.
 * After any error the connection is dropped: whether it still leads to a primary is not known.
 *
 * @param insert takes the key as its one parameter
 */
export async function proxyWriter(
  options: WriterOptions & SqlConnectionOptions,
  insert: Statement = insertProduct,
): Promise<Client> {
  const { pace } = options;
  const writes = writesOf(options, pace.clock, 'proxy');
  const sql = await reconnecting(options, {
    nowMs: pace.clock.nowMs,
    onRefused: (error, beganMs) => {
      writes.recordUnsent(beganMs, classifyStatementError(error, { sent: false }));
    },
  });

  const turn = async (): Promise<void> => {
    const ready = await sql.use();
    if (ready === undefined) return;
    const isAcknowledged = await writes.record((key) => insertKey(ready, insert, key));
    if (!isAcknowledged) ready.breakOff();
  };

  return async (firstMs) => {
    try {
      await takeTurns(pace, firstMs, turn);
    } finally {
      await sql.close();
    }
  };
}

async function insertKey(
  connection: SqlConnection,
  insert: Statement,
  key: string,
): Promise<Failure | undefined> {
  try {
    await connection.run(insert, [key]);
    return undefined;
  } catch (error) {
    return classifyStatementError(error, { sent: true });
  }
}

/**
 * Inserts products straight into one server, past the proxy, one after the other.
 *
 * @returns how many were acknowledged
 * @throws an error of connecting: then nothing was sent
 */
export async function insertDirectly(
  { clock, url, cut, ...author }: Author & { clock: Clock; url: string; cut: AbortSignal },
  rows: number,
): Promise<number> {
  const writes = writesOf(author, clock, 'direct');
  const bounds = { connectTimeoutMs: 1000, answerTimeoutMs: 1000 };
  const connection = await openSqlConnection({ url, cut, ...bounds, onLost: () => undefined });
  let acknowledged = 0;
  try {
    for (let row = 0; row < rows; row += 1) {
      if (await writes.record((key) => insertKey(connection, insertProduct, key))) acknowledged += 1;
    }
  } finally {
    await connection.close();
  }
  return acknowledged;
}

/** What is sent for a key, to a path below the client's URL or to a URL of its own. */
export interface PostRequest {
  path: string;
  body: object;
}

const postProduct = (sku: string): PostRequest => ({
  path: '/products',
  body: { sku, name: 'A write of the lab', price: '1.00' },
});

/** Writes through the API, by `POST /products`, or by what `request` makes of a key. */
export function apiWriter(
  options: WriterOptions & HttpClientOptions,
  request: (key: string) => PostRequest = postProduct,
): Client {
  const writes = writesOf(options, options.pace.clock, 'api');
  const client = openHttpClient(options);
  const send = async (key: string): Promise<Failure | undefined> => {
    const { path, body: sent } = request(key);
    const exchange = await client.post(path, sent);
    if (exchange.kind === 'broken') return classifyBrokenExchange(exchange.errorCode, exchange);
    const { status, body } = exchange;
    // The status line is the acknowledgement, even when the body breaks off after it.
    return status >= 200 && status < 300 ? undefined : classifyHttpAnswer(status, body);
  };
  return clientOver(client, options, async () => {
    await writes.record(send);
  });
}
