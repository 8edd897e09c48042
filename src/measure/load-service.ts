import { type Clock, clockSince } from '../clock/clock.js';
import type { HalabEvent } from '../events/events.js';
import { readRunKeys } from './final-read.js';
import { judgeLedger, type LedgerVerdict, type Part } from './judge-ledger.js';
import { type LedgerFile, openLedgerFile } from './ledger-file.js';
import { type Load, type RunningWatch, startLoad } from './load.js';
import type { LoadOptions } from './load-options.js';
import { missingWrites } from './missing-writes.js';
import { openRegisterFile, type RegisterHistory } from './register-history.js';
import { Registers } from './registers.js';
import type { Timeline } from './timeline.js';
import type { WatchFigures } from './watch.js';
import { insertDirectly } from './writers.js';

/** A load that runs in another process: all of it can be sent by a message. */
export interface RemoteLoadOptions
  extends Pick<
    LoadOptions,
    'writeUrl' | 'runId' | 'groups' | 'productCount' | 'connectTimeoutMs' | 'statementTimeoutMs'
  > {
  apiUrl: string;
  /** Zero of the clock of the operations that are measured, on the clock of the machine; see `clockSince`. */
  originMs: number;
  /** The products that are registers. */
  registerIds: readonly number[];
  /** Files that are not there yet. */
  ledgerPath: string;
  registersPath: string;
}

/** What a load tells while it runs. */
export type LoadProgress = Extract<HalabEvent, { type: 'load' }>;

/** A watch, as it is called by another process. */
export type WatchId = number;

/** What the process that runs a lab asks of its load. Of several questions at once the first is answered first. */
export interface LoadService {
  /** To be asked first. @returns how many clients write. @throws an error of the file system; what startLoad throws */
  readonly start: (options: RemoteLoadOptions) => Promise<number>;
  /** The clients ask this API from here on. */
  readonly useApi: (url: string) => void;
  /** @returns whether each writer has had this many writes acknowledged in time */
  readonly steady: (wait: { writesPerClient: number; timeoutMs: number }) => Promise<boolean>;
  readonly watch: () => WatchId;
  readonly markFault: (watch: WatchId) => void;
  readonly figures: (watch: WatchId) => WatchFigures;
  /** Ends a watch, and begins another of the same id at the same moment. */
  readonly renew: (watch: WatchId) => WatchFigures;
  readonly end: (watch: WatchId, untilMs?: number) => WatchFigures;
  /** Writes attempted so far. */
  readonly attempted: () => number;
  /** Rows straight into a server, past the proxy, one after the other. @returns how many were acknowledged */
  readonly insert: (url: string, rows: number) => Promise<number>;
  /** @returns how many writes that were acknowledged until now this server does not have */
  readonly missing: (url: string) => Promise<number>;
  /** Lets what is in flight end. @returns what ended until it was asked, and the longest that a client woke too late */
  readonly stop: () => Promise<{ timeline: Timeline; maxLateMs: number }>;
  /** @param url the server of the final read; undefined when there is none to be believed */
  readonly judge: (url: string | undefined, parts: readonly Part[]) => Promise<LedgerVerdict>;
}

interface Started {
  clock: Clock;
  load: Load;
  ledger: LedgerFile;
  registers: RegisterHistory & Disposable;
  options: RemoteLoadOptions;
}

/**
 * A load that is asked by messages.
 *
 * @returns the service, and what ends it at once and closes its files
 */
export function createLoadService(onProgress: (progress: LoadProgress) => void): {
  service: LoadService;
  close: () => Promise<void>;
} {
  const cutting = new AbortController();
  const watches = new Map<WatchId, RunningWatch>();
  let nextWatch = 0;
  let directClients = 0;
  let apiUrl = '';
  let started: Started | undefined;
  const its = (): Started => {
    if (started === undefined) throw new Error('The load was not started.');
    return started;
  };
  const watchOf = (id: WatchId): RunningWatch => {
    const watch = watches.get(id);
    if (watch === undefined) throw new Error(`There is no watch ${id}.`);
    return watch;
  };

  const service: LoadService = {
    start: async (options) => {
      const clock = clockSince(options.originMs);
      const ledger = openLedgerFile(options.ledgerPath);
      const registers = openRegisterFile(options.registersPath);
      apiUrl = options.apiUrl;
      const load = await startLoad({
        ...options,
        apiUrl: () => apiUrl,
        clock,
        emit: (event) => {
          if (event.type === 'load') onProgress(event);
        },
        signal: cutting.signal,
        store: ledger,
        registers: {
          registers: new Registers(options.registerIds.length),
          ids: options.registerIds,
          history: registers,
        },
      });
      started = { clock, load, ledger, registers, options };
      return load.writerCount;
    },
    useApi: (url) => {
      apiUrl = url;
    },
    steady: async (wait) => {
      const late = new Error('not steady');
      try {
        await its().load.waitUntilSteady({ ...wait, onTimeout: () => late });
        return true;
      } catch (error) {
        if (error === late) return false;
        throw error;
      }
    },
    watch: () => {
      nextWatch += 1;
      watches.set(nextWatch, its().load.watch());
      return nextWatch;
    },
    markFault: (id) => {
      watchOf(id).markFault();
    },
    figures: (id) => watchOf(id).figures(),
    renew: (id) => {
      const figures = watchOf(id).end();
      watches.set(id, its().load.watch());
      return figures;
    },
    end: (id, untilMs) => {
      const figures = watchOf(id).end(untilMs);
      watches.delete(id);
      return figures;
    },
    attempted: () => its().load.ledger.counts().attempted,
    insert: (url, rows) => {
      const { clock, load, options } = its();
      directClients += 1;
      const client = { clientId: `direct${directClients}`, runId: options.runId, ledger: load.ledger, clock };
      return insertDirectly({ ...client, url, cut: cutting.signal }, rows);
    },
    missing: (url) => {
      const { load, options } = its();
      return missingWrites(load.ledger, { url, runId: options.runId });
    },
    stop: async () => {
      const { load } = its();
      const timeline = load.timeline();
      await load.stop();
      return { timeline, maxLateMs: load.punctuality.maxLateMs };
    },
    judge: async (url, parts) => {
      const { clock, load, ledger, options } = its();
      if (url === undefined) return await judgeLedger(load.ledger, undefined, parts);
      const beganMs = clock.nowMs();
      const found = await readRunKeys({ url, runId: options.runId });
      ledger.finalRead(found, beganMs, clock.nowMs());
      return await judgeLedger(load.ledger, found, parts);
    },
  };
  const close = async (): Promise<void> => {
    cutting.abort(new Error('The load was let go.'));
    if (started === undefined) return;
    const { load, ledger, registers } = started;
    await load.stop();
    ledger[Symbol.dispose]();
    registers[Symbol.dispose]();
  };
  return { service, close };
}
