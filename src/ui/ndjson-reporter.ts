import type { Reporter } from './reporter.js';

/** Every event as one line of JSON, for programs that follow an operation. */
export const ndjsonReporter = (write: (text: string) => void): Reporter => ({
  report: (event) => {
    write(`${JSON.stringify(event)}\n`);
  },
  stop: () => undefined,
});
