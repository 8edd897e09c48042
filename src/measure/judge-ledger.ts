import type { Ledger } from './ledger.js';
import { judgeWrites, type WriteVerdict } from './verdict.js';
import type { WriteCounts, WritePath } from './write-entry.js';

/** What became of the writes of a run. */
export type LedgerVerdict = WriteVerdict & {
  byPath: Record<WritePath, WriteCounts>;
  /** Of each part of the run, the writes that ended in it and are lost; null without a final read. */
  lostByPart: Record<string, number | null>;
};

/** A part of a run, on its clock. */
export interface Part {
  name: string;
  fromMs: number;
  untilMs: number;
}

/**
 * Holds the ledger of a run whose load has stopped against what the final read found.
 *
 * @param foundKeys undefined when there was no final read
 */
export async function judgeLedger(
  ledger: Ledger,
  foundKeys: Iterable<string> | undefined,
  parts: readonly Part[] = [],
): Promise<LedgerVerdict> {
  const lost = new Map(parts.map(({ name }) => [name, 0]));
  const verdict = await judgeWrites(ledger.entries(), foundKeys, ({ completedAtMs = 0 }) => {
    const part = parts.find(({ fromMs, untilMs }) => completedAtMs >= fromMs && completedAtMs < untilMs);
    if (part !== undefined) lost.set(part.name, (lost.get(part.name) ?? 0) + 1);
  });
  return {
    ...verdict,
    lostByPart: Object.fromEntries(
      [...lost].map(([name, count]) => [name, verdict.lost === null ? null : count]),
    ),
    byPath: {
      proxy: ledger.counts('proxy'),
      api: ledger.counts('api'),
      direct: ledger.counts('direct'),
    },
  };
}
