import type { Clock } from '../clock/clock.js';
import { LatencyHistogram } from '../measure/statistics/latency-histogram.js';
import type { ErrorCounts, SourceCounts } from './bench-result.js';
import { countError } from './count-error.js';
import type { Metronome } from './metronome.js';
import type { Answer } from './target.js';

export interface OpenLoadOptions {
  /** Never rejects. */
  perform: () => Promise<Answer>;
  ratePerSecond: number;
  durationMs: number;
  maxInFlight: number;
  /** What is not answered so long after the last request was due has failed. */
  drainMs: number;
  clock: Clock;
  metronome: Metronome;
  signal?: AbortSignal | undefined;
}

/** What the open model measured. */
export interface OpenRun {
  /** From the intended start of a request to the end of its answer, of those that succeeded. */
  latency: LatencyHistogram;
  askedRequests: number;
  /** From the first intended start until all was answered, or given up. */
  wallMs: number;
  errors: ErrorCounts;
  sources: SourceCounts;
  /** From the intended start to the real one, of requests that nothing but the generator kept waiting. */
  late: LatencyHistogram;
  heldBack: number;
  notSent: number;
}

/** As often as a thread can wake another without taking a processor for itself. */
const shortestTickMs = 0.25;

/**
 * The open model: a request is due every `1 / rate`, whether earlier ones are answered or not, as users come whether a
 * server is slow or not. A latency begins when its request was due. A generator that waits for answers before it asks
 * again would leave out just the requests that a slow moment keeps waiting (coordinated omission: Tene, How NOT to
 * Measure Latency, 2015).
 *
 * A request that is due while `maxInFlight` are unanswered is held back, and its latency begins when it was due all the
 * same.
 *
 * @throws the signal's reason
 */
export function runOpenLoad(options: OpenLoadOptions): Promise<OpenRun> {
  const { perform, ratePerSecond, durationMs, maxInFlight, drainMs, clock, metronome, signal } = options;
  const intervalMs = 1000 / ratePerSecond;
  const askedRequests = Math.max(1, Math.floor((durationMs * ratePerSecond) / 1000));
  const run: OpenRun = {
    latency: new LatencyHistogram(),
    askedRequests,
    wallMs: 0,
    errors: {},
    sources: { cache: 0, replica: 0, primary: 0 },
    late: new LatencyHistogram(),
    heldBack: 0,
    notSent: 0,
  };
  /** When the first request is due: with the first tick, so that each of them comes when one is. */
  let startMs = Number.POSITIVE_INFINITY;
  const dueMs = (index: number): number => startMs + index * intervalMs;
  let sent = 0;
  let answered = 0;
  /** Requests before this one were due while there was no room for them. */
  let heldBackBefore = 0;

  return new Promise((resolve, reject) => {
    let hasEnded = false;
    const end = (settle: () => void): void => {
      if (hasEnded) return;
      hasEnded = true;
      ticking.stop();
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    const onAbort = (): void => {
      end(() => {
        reject(signal?.reason as Error);
      });
    };
    const finish = (): void => {
      run.notSent = askedRequests - sent;
      for (let unanswered = sent - answered; unanswered > 0; unanswered -= 1)
        countError(run.errors, 'no answer');
      run.wallMs = Math.max(durationMs, clock.nowMs() - startMs);
      end(() => {
        resolve(run);
      });
    };

    const take = (index: number, { failure, source }: Answer): void => {
      if (hasEnded) return;
      answered += 1;
      if (failure === null) run.latency.record(clock.nowMs() - dueMs(index));
      else countError(run.errors, failure);
      if (source !== null) run.sources[source] += 1;
      if (answered === askedRequests) finish();
      else sendWhatIsDue();
    };
    const sendWhatIsDue = (): void => {
      const nowMs = clock.nowMs();
      while (!hasEnded && sent < askedRequests && dueMs(sent) <= nowMs) {
        if (sent - answered >= maxInFlight) {
          heldBackBefore = Math.floor((nowMs - startMs) / intervalMs) + 1;
          return;
        }
        const index = sent;
        sent += 1;
        if (index < heldBackBefore) run.heldBack += 1;
        else run.late.record(nowMs - dueMs(index));
        void perform().then((answer) => {
          take(index, answer);
        });
      }
    };
    const ticking = metronome.start(Math.max(shortestTickMs, intervalMs), (firstTickMs) => {
      startMs = firstTickMs;
      if (clock.nowMs() > dueMs(askedRequests) + drainMs) finish();
      else sendWhatIsDue();
    });
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}
