import { type HttpClientOptions, openHttpClient } from './http-exchange.js';
import { type Client, type Pace, takeTurns } from './pace.js';

/** Where the API took an answer from; `unknown` when it does not say. */
export type ReadSource = 'cache' | 'replica' | 'primary' | 'unknown';

export interface ReadCounts {
  /** Answered with 200 and a whole body. */
  good: number;
  failed: number;
  /** Of the good reads. */
  bySource: Record<ReadSource, number>;
}

/** The reads of a run: when the good ones were answered, and how many there were of each sort. */
export class ReadLog {
  readonly #goodMs: number[] = [];
  readonly #bySource: Record<ReadSource, number> = { cache: 0, replica: 0, primary: 0, unknown: 0 };
  #failed = 0;

  recordGood(atMs: number, source: ReadSource): void {
    this.#goodMs.push(atMs);
    this.#bySource[source] += 1;
  }

  recordFailed(): void {
    this.#failed += 1;
  }

  /** Completion times of the good reads, on the run's clock. */
  goodMs(): readonly number[] {
    return this.#goodMs;
  }

  counts(): ReadCounts {
    return { good: this.#goodMs.length, failed: this.#failed, bySource: { ...this.#bySource } };
  }
}

export interface ReaderOptions extends HttpClientOptions {
  log: ReadLog;
  pace: Pace;
  /** Ends at once what is in flight. */
  cut: AbortSignal;
  /** Reads ids 1 to this, in turn, over and over. */
  productCount: number;
  /** The first id; readers that start apart seldom ask for the same one. */
  firstId: number;
}

/** Reads through the API, by `GET /products/:id`. */
export function apiReader(options: ReaderOptions): Client {
  const { log, pace, cut, productCount } = options;
  const client = openHttpClient(options);
  let id = options.firstId;
  const turn = async (): Promise<void> => {
    const exchange = await client.get(`/products/${id}`);
    id = (id % productCount) + 1;
    if (exchange.kind === 'answered' && exchange.status === 200 && exchange.isComplete) {
      log.recordGood(pace.clock.nowMs(), sourceOf(exchange.body));
    } else if (!cut.aborted) {
      log.recordFailed();
    }
  };
  return async (firstMs) => {
    cut.addEventListener('abort', client.close, { once: true });
    try {
      await takeTurns(pace, firstMs, turn);
    } finally {
      cut.removeEventListener('abort', client.close);
      client.close();
    }
  };
}

/** Of `{ "source": …, "data": … }`. Not parsed: the readers share their cores with the servers that they measure. */
function sourceOf(body: string): ReadSource {
  const [, source] = /"source"\s*:\s*"(cache|replica|primary)"/.exec(body) ?? [];
  return (source as ReadSource | undefined) ?? 'unknown';
}
