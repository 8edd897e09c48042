/** What went wrong with one field of a request. */
export interface FieldError {
  /** JSON Pointer into the body, or `/limit`, `/cursor` for a query parameter; empty for the body itself. */
  path: string;
  message: string;
}

/**
 * What is known of a write that was not acknowledged: it certainly did not happen (it may be tried again),
 * or the connection broke before the answer and only a read can tell.
 */
export type WriteOutcome = 'not-applied' | 'unknown';

interface ProblemExtras {
  detail?: string;
  errors?: FieldError[];
  outcome?: WriteOutcome;
  retryAfterSeconds?: number;
}

/** Each problem's status and title. */
export const problemCatalogue = {
  'malformed-request': { status: 400, title: 'The request could not be parsed' },
  'not-found': { status: 404, title: 'There is no such resource' },
  'sku-taken': { status: 409, title: 'Another product has this SKU' },
  'precondition-failed': { status: 412, title: 'The product is not as the request requires' },
  'body-too-large': { status: 413, title: 'The body is larger than the limit' },
  'unsupported-media-type': { status: 415, title: 'The body must be application/json' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key was used for another request' },
  validation: { status: 422, title: 'The request does not have the required form' },
  internal: { status: 500, title: 'Unexpected error' },
  overloaded: { status: 503, title: 'Too many requests are waiting for the database' },
  unavailable: { status: 503, title: 'The database cannot be reached' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemName = keyof typeof problemCatalogue;

/** What a client may compare with; it stays when titles change. */
export const problemType = (name: ProblemName): string => `urn:halab:problem:${name}`;

/** The media type of every error (RFC 9457). */
export const problemMediaType = 'application/problem+json';

/** An error that a client is told as an RFC 9457 problem document, its type `urn:halab:problem:NAME`. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly problemName: ProblemName;
  readonly extras: ProblemExtras;

  constructor(problemName: ProblemName, extras: ProblemExtras = {}, status?: number) {
    super(extras.detail ?? problemCatalogue[problemName].title);
    this.name = 'ApiProblem';
    this.problemName = problemName;
    this.extras = extras;
    this.status = status ?? problemCatalogue[problemName].status;
  }

  /** The document: `type`, `title`, `status`, and where they apply `detail`, `errors`, `outcome`. */
  toJSON(): Record<string, unknown> {
    const { detail, errors, outcome } = this.extras;
    return {
      type: problemType(this.problemName),
      title: problemCatalogue[this.problemName].title,
      status: this.status,
      detail,
      errors,
      outcome,
    };
  }
}
