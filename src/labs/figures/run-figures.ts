import type { LabRecord } from '../record.js';

/** The figures by which runs are held against each other. Null where a run has none. */
export interface RunFigures {
  writeOutageMs: number | null;
  readOutageMs: number | null;
  /** Acknowledged writes that the final read did not find. */
  lost: number | null;
  failedWrites: number | null;
  indeterminateWrites: number | null;
  failedReads: number | null;
  staleReads: number | null;
  writeP50Ms: number | null;
  writeP99Ms: number | null;
  readP50Ms: number | null;
  readP99Ms: number | null;
}

export type FigureName = keyof RunFigures;

/** Pure. */
export function runFigures({ outage, ledger, whole }: LabRecord): RunFigures {
  const { reads, latency } = whole;
  const hasRead = reads.good + reads.failed > 0;
  return {
    writeOutageMs: outage.writeMs,
    readOutageMs: outage.readMs,
    lost: ledger?.lost ?? null,
    failedWrites: ledger?.failed ?? null,
    indeterminateWrites: ledger?.indeterminate ?? null,
    failedReads: hasRead ? reads.failed : null,
    staleReads: hasRead ? reads.stale : null,
    writeP50Ms: latency.write?.p50Ms ?? null,
    writeP99Ms: latency.write?.p99Ms ?? null,
    readP50Ms: latency.read?.p50Ms ?? null,
    readP99Ms: latency.read?.p99Ms ?? null,
  };
}
