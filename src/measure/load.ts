import { setMaxListeners } from 'node:events';
import { errorCodeOf } from './classify-error.js';
import { Feed, type FeedWait } from './feed.js';
import { Ledger } from './ledger.js';
import { openClients, type Shared, type StaggeredClient, writerIds } from './load-clients.js';
import { type ClientError, defaultGroups, type Groups, type LoadOptions } from './load-options.js';
import type { Punctuality } from './pace.js';
import { skuPrefix } from './run-id.js';
import { type Timeline, TimelineRecorder } from './timeline.js';
import { Watch, type WatchFigures } from './watch.js';
import type { CompletedWrite, WritePath } from './write-entry.js';

/** Follows the load from the moment it was asked for. */
export interface RunningWatch {
  /** A fault is about to happen: what the clients see from here on may be its doing. */
  readonly markFault: () => void;
  /** What the clients felt until now. */
  readonly figures: () => WatchFigures;
  /** The same, for the last time; until an earlier moment when one is given. */
  readonly end: (untilMs?: number) => WatchFigures;
}

/** Clients at work. All waits throw what `onTimeout` makes at their deadline, and an error when the load ends. */
export interface Load extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly punctuality: Readonly<Punctuality>;
  /** Clients that insert rows. */
  readonly writerCount: number;
  /** The errors that clients noticed, in order: of a long run the last few thousand. */
  readonly errors: () => readonly ClientError[];
  readonly watch: () => RunningWatch;
  /** What ended when, since the load began. */
  readonly timeline: () => Timeline;
  /** Until each writer has had this many writes acknowledged. */
  readonly waitUntilSteady: (wait: FeedWait & { writesPerClient: number }) => Promise<void>;
  /** Until a client notices an error at this time or later; the first one. */
  readonly waitForError: (wait: FeedWait & { sinceMs: number }) => Promise<ClientError>;
  /** Until a write that was invoked at this time or later is acknowledged; the first one. */
  readonly waitForAcknowledged: (
    wait: FeedWait & { invokedSinceMs: number; path?: WritePath },
  ) => Promise<CompletedWrite>;
  /** Lets what is in flight end, within its bounds, and closes every connection. Returns when all of it is done. */
  readonly stop: () => Promise<void>;
}

/** What every load needs, whoever its clients are. */
export type LoadBase = Pick<LoadOptions, 'runId' | 'clock' | 'emit' | 'signal' | 'store'>;

/**
 * Opens the proxy writers' connections, where the server lets them, and starts all clients at one moment.
 *
 * @throws the signal's reason; RangeError for a run id of the wrong form, or registers that do not fit
 */
export function startLoad(options: LoadOptions): Promise<Load> {
  const groups: Groups = { ...defaultGroups, ...options.groups };
  return startClients(options, writerIds(groups), (shared) => openClients(options, groups, shared));
}

/**
 * Starts clients at one moment.
 *
 * @param writers the ids of those that write into the ledger
 * @param open makes them ready
 * @throws the signal's reason; RangeError for a run id of the wrong form; what `open` throws
 */
export async function startClients(
  options: LoadBase,
  writers: readonly string[],
  open: (shared: Shared) => Promise<StaggeredClient[]>,
): Promise<Load> {
  const { runId, clock, signal, emit = () => undefined } = options;
  signal?.throwIfAborted();
  // Refused here, and not by a client while others connect.
  skuPrefix(runId);

  const startedMs = clock.nowMs();
  let lastAcknowledgedMs = startedMs;
  // The ledger counts a write in flight as indeterminate until its answer; live, it has not failed.
  let notAcknowledged = 0;
  const completions = new Feed<CompletedWrite>();
  const errors = new Feed<ClientError>();
  const watches = new Set<Watch>();
  const timeline = new TimelineRecorder(startedMs);
  const ledger = new Ledger((entry) => {
    completions.push(entry);
    timeline.write(entry);
    for (const each of watches) each.write(entry);
    const { clientId, outcome, completedAtMs: atMs, errorCode = errorCodeOf(undefined) } = entry;
    if (outcome === 'acknowledged') lastAcknowledgedMs = atMs;
    else {
      notAcknowledged += 1;
      errors.push({ clientId, atMs, errorCode, entry });
    }
  }, options.store);
  const onProgress = (): void => {
    const nowMs = clock.nowMs();
    const { acknowledged } = ledger.counts();
    emit({
      type: 'load',
      elapsedMs: nowMs - startedMs,
      acknowledged,
      failed: notAcknowledged,
      lastAcknowledgedAgoMs: nowMs - lastAcknowledgedMs,
    });
  };
  const punctuality: Punctuality = { maxLateMs: 0 };
  const stopping = new AbortController();
  const cutting = new AbortController();
  // Each client listens; Node.js would take more than ten listeners for a leak.
  setMaxListeners(0, stopping.signal, cutting.signal);
  const cut = (reason: unknown): void => {
    stopping.abort(reason);
    cutting.abort(reason);
  };
  const onAbort = (): void => {
    cut(signal?.reason);
  };
  signal?.addEventListener('abort', onAbort, { once: true });

  const clients = await open({
    ledger,
    pace: { clock, punctuality, stopping: stopping.signal },
    cut: cutting.signal,
    onRead: (entry) => {
      timeline.read(entry);
      for (const each of watches) each.read(entry);
    },
    onUpdate: (acknowledged) => {
      for (const each of watches) each.update(acknowledged);
    },
    onError: (error) => {
      errors.push(error);
    },
    onProgress,
  });
  const originMs = clock.nowMs();
  // A client ends with an error only when it has a defect; then the run is worth nothing, and all others end too.
  const run = ({ client, offsetMs }: StaggeredClient): Promise<void> =>
    client(originMs + offsetMs).catch((error: unknown) => {
      cut(error);
      throw error;
    });
  const ended = Promise.allSettled(clients.map(run)).then((results) => {
    signal?.removeEventListener('abort', onAbort);
    const { reason } = stopping.signal as { reason: unknown };
    for (const feed of [completions, errors]) feed.end(reason instanceof Error ? reason : new LoadEnded());
    return results.find((result) => result.status === 'rejected');
  });

  const stop = async (): Promise<void> => {
    stopping.abort(new LoadEnded());
    const defect = await ended;
    if (defect !== undefined) throw defect.reason;
  };
  if (signal?.aborted === true) {
    await stop();
    signal.throwIfAborted();
  }
  return {
    ledger,
    punctuality,
    writerCount: writers.length,
    errors: () => errors.items(),
    watch: () => {
      const watch = new Watch(clock.nowMs());
      watches.add(watch);
      const figures = (): WatchFigures => watch.figures(clock.nowMs());
      return {
        markFault: () => {
          watch.markFault(clock.nowMs());
        },
        figures,
        end: (untilMs = clock.nowMs()) => {
          watches.delete(watch);
          return watch.figures(untilMs);
        },
      };
    },
    timeline: () => timeline.timeline(),
    waitUntilSteady: async ({ writesPerClient, ...wait }) => {
      await completions.first(whenEach(writers, writesPerClient), wait);
    },
    waitForError: ({ sinceMs, ...wait }) =>
      errors.first((error) => (error.atMs >= sinceMs ? error : undefined), wait),
    waitForAcknowledged: ({ invokedSinceMs, path, ...wait }) =>
      completions.first((entry) => {
        const isMeant = entry.invokedAtMs >= invokedSinceMs && (path === undefined || entry.path === path);
        return isMeant && entry.outcome === 'acknowledged' ? entry : undefined;
      }, wait),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

class LoadEnded extends Error {
  constructor() {
    super('The load has ended');
  }
}

/** Picks the completion with which every client has this many writes acknowledged. */
function whenEach(clientIds: readonly string[], writes: number) {
  const missing = new Map(clientIds.map((clientId) => [clientId, writes]));
  return ({ clientId, outcome }: CompletedWrite): true | undefined => {
    if (outcome !== 'acknowledged') return undefined;
    const left = (missing.get(clientId) ?? 0) - 1;
    if (left > 0) missing.set(clientId, left);
    else missing.delete(clientId);
    return missing.size === 0 ? true : undefined;
  };
}
