import type { Emit } from '../events/events.js';

/** Shows events while an operation runs. */
export interface Reporter {
  readonly report: Emit;
  /** Takes its live lines off the screen; what was printed for good stays. */
  readonly stop: () => void;
}

export const silentReporter: Reporter = { report: () => undefined, stop: () => undefined };
