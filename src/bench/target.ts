import type { Source } from './bench-result.js';

/** One request of a benchmark, whichever way it takes. */
export type ProductRequest =
  | { kind: 'read'; id: string }
  | { kind: 'insert'; sku: string }
  | { kind: 'update'; id: string; stock: number };

export interface Answer {
  /** Null: it succeeded. Otherwise a short name for what went wrong, by which failures are counted. */
  failure: string | null;
  /** Null where the answer does not tell. */
  source: Source | null;
}

/** Something that answers requests, many at a time. */
export interface Target {
  /** Never rejects: a failure is an answer. */
  readonly perform: (request: ProductRequest) => Promise<Answer>;
  /** Ends its connections. */
  readonly close: () => Promise<void>;
}

/** No request waits for longer; what takes as long has failed. */
export const answerTimeoutMs = 5000;

/** Most requests of the open model that are in flight at a time. */
export const maxInFlight = 512;
