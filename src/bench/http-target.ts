import { type Dispatcher, Pool } from 'undici';
import type { Source } from './bench-result.js';
import { type Answer, answerTimeoutMs, maxInFlight, type ProductRequest, type Target } from './target.js';

const json = { 'content-type': 'application/json' };

function optionsOf(request: ProductRequest): Dispatcher.DispatchOptions {
  switch (request.kind) {
    case 'read':
      return { method: 'GET', path: `/products/${request.id}` };
    case 'insert':
      return {
        method: 'POST',
        path: '/products',
        headers: json,
        body: JSON.stringify({ sku: request.sku, name: 'A product of the benchmark', price: '1.00' }),
      };
    case 'update':
      return {
        method: 'PATCH',
        path: `/products/${request.id}`,
        headers: json,
        body: JSON.stringify({ stock: request.stock }),
      };
  }
}

const sourcesByFirstLetter: Partial<Record<string, Source>> = { c: 'cache', r: 'replica', p: 'primary' };
/** Every answer with data begins with `{"source":"`. */
const sourceAt = '{"source":"'.length;

/** Takes what it needs of an answer, and no more: to read the whole of it would take the generator's time. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: Answer) => void;
  #status = 0;
  #source: Source | null = null;

  constructor(resolve: (answer: Answer) => void) {
    this.#resolve = resolve;
  }

  // undici takes a handler without this one for one of its older kind.
  onRequestStart(): void {
    this.#status = 0;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, statusCode: number): void {
    this.#status = statusCode;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#source !== null || this.#status >= 300) return;
    this.#source = sourcesByFirstLetter[String.fromCharCode(chunk[sourceAt] ?? 0)] ?? null;
  }

  onResponseEnd(): void {
    const succeeded = this.#status >= 200 && this.#status < 300;
    this.#resolve({ failure: succeeded ? null : `HTTP ${this.#status}`, source: this.#source });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error & { code?: string }): void {
    this.#resolve({ failure: error.code ?? error.message, source: null });
  }
}

/** The products API at this URL. A request in flight has a connection to itself, as a user of a browser has. */
export function httpTarget(url: string): Target {
  const pool = new Pool(url, {
    connections: maxInFlight,
    pipelining: 1,
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
    connect: { timeout: answerTimeoutMs },
  });
  return {
    perform: (request) =>
      new Promise((resolve) => {
        pool.dispatch(optionsOf(request), new Exchange(resolve));
      }),
    close: () => pool.destroy(),
  };
}
