import type { Clock } from '../clock/clock.js';
import type { BenchSettings } from './bench-result.js';
import { runClosedLoad } from './closed-load.js';
import type { QueryCounter } from './database-load.js';
import { threadMetronome } from './metronome.js';
import { runOpenLoad } from './open-load.js';
import type { Round } from './round.js';
import { maxInFlight, type Target } from './target.js';
import type { Workload } from './workload.js';

/** A target that is ready for requests, and what it is asked. */
export interface OpenedSide extends AsyncDisposable {
  target: Target;
  workload: Workload;
  /** Whether its answers tell which server they came from. */
  tellsSource: boolean;
}

export interface MeasureOptions {
  settings: BenchSettings;
  /** Null where queries cannot be told apart by who asked them. */
  counter: QueryCounter | null;
  clock: Clock;
  signal?: AbortSignal | undefined;
}

/** A request that hangs has failed after this long; longer than any that a healthy stack answers. */
const drainMs = 2000;

/** The throughput of half the time is as good as the latencies of the whole: it has many times as many requests. */
const closedShare = 0.5;

/** Runs work and tells how much of one processor this process used meanwhile. */
async function withCpu<T>(clock: Clock, work: () => Promise<T>): Promise<{ result: T; cpu: number }> {
  const startMs = clock.nowMs();
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, cpu: (user + system) / 1000 / Math.max(1, clock.nowMs() - startMs) };
}

/**
 * One round of a side: it is opened, warmed up, asked by the closed model and then by the open one, and closed. What the
 * database did for it is read when its sessions have ended.
 *
 * The closed model comes first because it warms up as well: a server that was just started answers its first
 * thousands of requests more slowly.
 *
 * @throws the signal's reason; what `openSide` throws
 */
export async function measureSide(
  openSide: () => Promise<OpenedSide>,
  { settings, counter, clock, signal }: MeasureOptions,
): Promise<Round> {
  const { connections, warmUpMs, durationMs, ratePerSecond } = settings;
  const before = (await counter?.count()) ?? null;
  let requests = 0;
  const measured = await (async () => {
    await using side = await openSide();
    const { target, workload, tellsSource } = side;
    const perform = (): ReturnType<Target['perform']> => {
      requests += 1;
      return target.perform(workload());
    };
    const closedLoad = { perform, connections, clock, signal };
    await runClosedLoad({ ...closedLoad, durationMs: warmUpMs });
    const closed = await withCpu(clock, () =>
      runClosedLoad({ ...closedLoad, durationMs: durationMs * closedShare }),
    );
    const open = await withCpu(clock, () =>
      runOpenLoad({
        perform,
        ratePerSecond,
        durationMs,
        maxInFlight,
        drainMs,
        clock,
        metronome: threadMetronome,
        signal,
      }),
    );
    return { closed, open, tellsSource };
  })();
  const after = (await counter?.count()) ?? null;
  const { closed, open, tellsSource } = measured;
  const { latency, wallMs, askedRequests, errors, sources, late, heldBack, notSent } = open.result;
  return {
    open: {
      latency,
      rateAskedPerSecond: (askedRequests * 1000) / durationMs,
      rateAchievedPerSecond: (latency.count * 1000) / wallMs,
      errors,
      sources: tellsSource ? sources : null,
      late,
      heldBack,
      notSent,
    },
    closed: {
      perSecond: (closed.result.succeeded * 1000) / closed.result.wallMs,
      errors: closed.result.errors,
    },
    database: before === null || after === null ? null : { queries: after - before, requests },
    generatorCpu: Math.max(closed.cpu, open.cpu),
  };
}
