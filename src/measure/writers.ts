import type { Clock } from '../clock/clock.js';
import {
  classifyBrokenExchange,
  classifyHttpAnswer,
  classifyStatementError,
  type Failure,
} from './classify-error.js';
import { type HttpClientOptions, openHttpClient } from './http-exchange.js';
import type { Completion, Ledger, Write, WritePath } from './ledger.js';
import { type Client, type Pace, takeTurns } from './pace.js';
import { skuPrefix } from './run-id.js';
import {
  openWriteConnection,
  type WriteConnection,
  type WriteConnectionOptions,
} from './write-connection.js';

export interface WriterOptions {
  clientId: string;
  /** Every sku is `lab-RUN-CLIENT-SEQUENCE`. */
  runId: string;
  ledger: Ledger;
  pace: Pace;
  /** Ends at once what is in flight. */
  cut: AbortSignal;
}

/** Makes the writes of one client, and the entries of its ledger. */
function writesOf({ clientId, runId, ledger, pace: { clock } }: WriterOptions, path: WritePath) {
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

/**
 * Writes through the proxy, on a connection of its own that is opened before the writer starts.
 *
 * A turn is one attempted write. Without a connection the turn first opens one: when it opens, the write is invoked
 * and sent; when it does not, the write counts as attempted and failed, invoked when connecting began. So an outage is
 * seen as failed writes at the pace of the client, and none of them can be lost: nothing was sent.
 * After any error the connection is dropped: whether it still leads to a primary is not known.
 */
export async function proxyWriter(options: WriterOptions & WriteConnectionOptions): Promise<Client> {
  const { pace, cut } = options;
  const writes = writesOf(options, 'proxy');
  let connection: WriteConnection | undefined = await openWriteConnection(options).catch(() => undefined);

  const connected = async (): Promise<WriteConnection | undefined> => {
    if (connection?.isLost() === false) return connection;
    const startedMs = pace.clock.nowMs();
    try {
      connection = await openWriteConnection(options);
      return connection;
    } catch (error) {
      connection = undefined;
      // The client's own end is no failure of the server's.
      if (!cut.aborted) writes.recordUnsent(startedMs, classifyStatementError(error, { sent: false }));
      return undefined;
    }
  };

  const turn = async (): Promise<void> => {
    const ready = await connected();
    if (ready === undefined) return;
    const isAcknowledged = await writes.record(async (key) => {
      try {
        await ready.insert(key);
        return undefined;
      } catch (error) {
        return classifyStatementError(error, { sent: true });
      }
    });
    if (!isAcknowledged) ready.breakOff();
  };

  return async (firstMs) => {
    try {
      await takeTurns(pace, firstMs, turn);
    } finally {
      await connection?.close();
    }
  };
}

/** Writes through the API, by `POST /products`. */
export function apiWriter(options: WriterOptions & HttpClientOptions): Client {
  const { pace, cut } = options;
  const writes = writesOf(options, 'api');
  const client = openHttpClient(options);
  const send = async (sku: string): Promise<Failure | undefined> => {
    const exchange = await client.post('/products', { sku, name: 'A write of the lab', price: '1.00' });
    if (exchange.kind === 'broken') return classifyBrokenExchange(exchange.errorCode, exchange);
    const { status, body } = exchange;
    // The status line is the acknowledgement, even when the body breaks off after it.
    return status >= 200 && status < 300 ? undefined : classifyHttpAnswer(status, body);
  };
  return async (firstMs) => {
    cut.addEventListener('abort', client.close, { once: true });
    try {
      await takeTurns(pace, firstMs, async () => {
        await writes.record(send);
      });
    } finally {
      cut.removeEventListener('abort', client.close);
      client.close();
    }
  };
}
