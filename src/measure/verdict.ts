import { RunKeys } from './run-keys.js';
import type { WriteCounts, WriteEntry } from './write-entry.js';

/** Keys are listed up to this number; the counts are always complete. */
const maxListedKeys = 20;

/** What became of the writes. Without a final read nothing is known of presence, and the figures for it are null. */
export interface WriteVerdict extends WriteCounts {
  /** valid: nothing lost, nothing unexpected. unknown: no final read, or no acknowledged write that it could prove. */
  verdict: 'valid' | 'invalid' | 'unknown';
  /** Acknowledged, and absent at the end. */
  lost: number | null;
  /** Not acknowledged, and yet present. */
  recovered: number | null;
  /** Present, and never attempted. */
  unexpected: number | null;
  /**
   * Said to be certainly not done, and yet present; a part of `recovered`. It loses nothing, but a client that
   * believes the answer and writes again writes twice.
   */
  failedYetPresent: number | null;
  /** At most 20 of each, in the order of their ends. */
  lostKeys: string[];
  unexpectedKeys: string[];
}

/**
 * Holds the history against the keys that the final read found.
 *
 * The set model of Jepsen's `checker/set`: every element is added once, the set is read at the end;
 * lost = acknowledged \ read, recovered = (attempted ∩ read) \ acknowledged, unexpected = read \ attempted; without a
 * read the result is unknown. https://github.com/jepsen-io/jepsen/blob/main/jepsen/src/jepsen/checker.clj
 *
 * @param onLost told of each acknowledged write that is absent
 * @param found keys of the run in the database after faults were healed and replay had ended; undefined: not read
 */
export async function judgeWrites(
  entries: AsyncIterable<WriteEntry> | Iterable<WriteEntry>,
  found: Iterable<string> | undefined,
  onLost: (entry: WriteEntry) => void = () => undefined,
): Promise<WriteVerdict> {
  const counts: WriteCounts = { attempted: 0, acknowledged: 0, failed: 0, indeterminate: 0 };
  let lost = 0;
  const lostKeys: string[] = [];
  const unexpected = RunKeys.from(found ?? []);
  let recovered = 0;
  let failedYetPresent = 0;
  for await (const entry of entries) {
    const { key, outcome = 'indeterminate' } = entry;
    counts.attempted += 1;
    counts[outcome] += 1;
    const isPresent = unexpected.delete(key);
    if (outcome === 'acknowledged') {
      if (isPresent) continue;
      lost += 1;
      onLost(entry);
      if (lost <= maxListedKeys) lostKeys.push(key);
    } else if (isPresent) {
      recovered += 1;
      if (outcome === 'failed') failedYetPresent += 1;
    }
  }
  if (found === undefined) {
    const unread = { lost: null, recovered: null, unexpected: null, failedYetPresent: null };
    return { verdict: 'unknown', ...counts, ...unread, lostKeys: [], unexpectedKeys: [] };
  }
  const isBroken = lost > 0 || unexpected.size > 0;
  return {
    // That no write was lost says nothing when none was acknowledged.
    verdict: isBroken ? 'invalid' : counts.acknowledged === 0 ? 'unknown' : 'valid',
    ...counts,
    lost,
    recovered,
    unexpected: unexpected.size,
    failedYetPresent,
    lostKeys,
    unexpectedKeys: firstOf(unexpected, maxListedKeys),
  };
}

function firstOf(keys: Iterable<string>, count: number): string[] {
  const first: string[] = [];
  for (const key of keys) {
    if (first.length === count) break;
    first.push(key);
  }
  return first;
}
