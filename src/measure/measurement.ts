import type { Ledger, WriteCounts, WritePath } from './ledger.js';
import { measureOutages, type ObservationMs, type Outage } from './outage.js';
import type { Punctuality } from './pace.js';
import type { ReadCounts, ReadLog } from './readers.js';
import { judgeWrites, type WriteVerdict } from './verdict.js';

/** What the clients of a run felt. Times are milliseconds on the run's clock, durations milliseconds. */
export interface Measurement {
  outage: {
    /** Of all writers together. Null when there were none; the same for reads. */
    writeMs: number | null;
    readMs: number | null;
    /** Of `writeMs`: within what it is known. Null when too few writes came before the fault to tell. */
    resolutionMs: number | null;
    readResolutionMs: number | null;
    write: Outage | null;
    read: Outage | null;
    byPath: Partial<Record<WritePath, Outage>>;
  };
  ledger: WriteVerdict & { byPath: Record<WritePath, WriteCounts> };
  reads: ReadCounts;
  /** The longest that a client of ours woke too late. Where it comes near an outage, that outage may be our own. */
  maxLateMs: number;
}

export interface MeasurementInput {
  load: { ledger: Ledger; reads: ReadLog; punctuality: Readonly<Punctuality> };
  observation: ObservationMs;
  /** What the final read found; undefined when there was none. */
  foundKeys: ReadonlySet<string> | undefined;
}

/** Draws the figures from a run whose load has stopped. */
export function measure({ load, observation, foundKeys }: MeasurementInput): Measurement {
  const { ledger, reads, punctuality } = load;
  const readCounts = reads.counts();
  const goodWritesMs = acknowledgedMs(ledger);
  const { union, byPath } = measureOutages(goodWritesMs, observation);
  const write = Object.keys(goodWritesMs).length === 0 ? null : union;
  const read =
    readCounts.good + readCounts.failed === 0
      ? null
      : measureOutages({ api: reads.goodMs() }, observation).union;
  return {
    outage: {
      writeMs: write?.outageMs ?? null,
      readMs: read?.outageMs ?? null,
      resolutionMs: write?.resolutionMs ?? null,
      readResolutionMs: read?.resolutionMs ?? null,
      write,
      read,
      byPath,
    },
    ledger: {
      ...judgeWrites(ledger.entries(), foundKeys),
      byPath: { proxy: ledger.counts('proxy'), api: ledger.counts('api') },
    },
    reads: readCounts,
    maxLateMs: punctuality.maxLateMs,
  };
}

/** Completion times of acknowledged writes, of each path on which a write was attempted. */
function acknowledgedMs(ledger: Ledger): Partial<Record<WritePath, number[]>> {
  const times: Partial<Record<WritePath, number[]>> = {};
  for (const { path, outcome, completedAtMs } of ledger.entries()) {
    const ofPath = (times[path] ??= []);
    if (outcome === 'acknowledged' && completedAtMs !== undefined) ofPath.push(completedAtMs);
  }
  return times;
}
