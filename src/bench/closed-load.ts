import type { Clock } from '../clock/clock.js';
import type { ErrorCounts } from './bench-result.js';
import { countError } from './count-error.js';
import type { Answer } from './target.js';

export interface ClosedLoadOptions {
  /** Never rejects. */
  perform: () => Promise<Answer>;
  connections: number;
  durationMs: number;
  clock: Clock;
  signal?: AbortSignal | undefined;
}

/** What the closed model measured. */
export interface ClosedRun {
  succeeded: number;
  errors: ErrorCounts;
  wallMs: number;
}

/** For a moment after a failure: what is refused at once would otherwise be asked for as fast as the machine can. */
const failurePauseMs = 1;

/**
 * The closed model: so many ask, and each asks again as soon as it has its answer. It finds the rate that a server can
 * reach. Of latency it says nothing: where the server is slow, it asks less.
 *
 * @throws the signal's reason
 */
export async function runClosedLoad(options: ClosedLoadOptions): Promise<ClosedRun> {
  const { perform, connections, durationMs, clock, signal } = options;
  const run: ClosedRun = { succeeded: 0, errors: {}, wallMs: 0 };
  const startMs = clock.nowMs();
  const ask = async (): Promise<void> => {
    while (clock.nowMs() - startMs < durationMs) {
      const { failure } = await perform();
      signal?.throwIfAborted();
      if (failure === null) {
        run.succeeded += 1;
      } else {
        countError(run.errors, failure);
        await clock.sleep(failurePauseMs, signal);
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, ask));
  run.wallMs = clock.nowMs() - startMs;
  return run;
}
