/** Where time comes from. Tests replace it; nothing else reads the system's clock. */
export interface Clock {
  /** Milliseconds on a clock that never goes back; only differences mean something. */
  readonly nowMs: () => number;
  /** The date and time of day, for what people read. */
  readonly date: () => Date;
  /** Waits; rejects with the signal's reason when it is aborted. */
  readonly sleep: (durationMs: number, signal?: AbortSignal) => Promise<void>;
}

/** The clock of the machine, which all of its processes read (CLOCK_MONOTONIC). */
const machineMs = (): number => {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
};

/**
 * Zero of a clock on that of the machine: with it another process can read the same times. The latest of a few readings: a
 * process that has to wait between the two looks gets one that is too early.
 */
export const originOf = ({ nowMs }: Clock): number =>
  Math.max(...Array.from({ length: 5 }, () => machineMs() - nowMs()));

/** The clock of another process of this machine. */
export const clockSince = (originMs: number): Clock => ({
  ...systemClock,
  nowMs: () => machineMs() - originMs,
});

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  date: () => new Date(),
  sleep: (durationMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, durationMs);
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
};
