import { catalogue, type ErrorCode } from './catalogue.js';
import type { ExitCode } from './exit-codes.js';

interface HalabErrorOptions {
  /** The next command to type, or the thing to change. One sentence. */
  hint?: string;
  /** More lines that belong to the message: the end of a log, of a build. */
  lines?: readonly string[];
  cause?: unknown;
}

/** The only error that halab raises on purpose: what happened, then how to solve it. */
export class HalabError extends Error {
  override readonly name = 'HalabError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly lines: readonly string[];

  /** @param message what happened, with the facts, as one sentence */
  constructor(code: ErrorCode, message: string, { hint, lines = [], cause }: HalabErrorOptions = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.hint = hint ?? catalogue[code].remedy;
    this.lines = lines;
  }

  get exitCode(): ExitCode {
    return catalogue[this.code].exitCode;
  }
}
