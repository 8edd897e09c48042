import { lsnToBytes } from './lsn.js';

/** A timeline that ended, and where: the next one forked off it there (a line of a timeline history file). */
export interface EndedTimeline {
  timeline: number;
  endLsn: string;
}

/** Where a server stands: the timeline of its newest WAL, and how far it has replayed. */
export interface WalStand {
  timeline: number;
  lsn: string;
}

/**
 * The LSN at which a primary's history left the timeline of another server, when that server went on past it: it
 * holds WAL that the primary never had, and can follow only after pg_rewind or a new base backup. Undefined when the
 * server is on the primary's own timeline, or not yet past the fork. Source: PostgreSQL manual, 25.3.6 Timelines.
 */
export function forkPassedBy(
  { timeline, lsn }: WalStand,
  history: readonly EndedTimeline[],
): string | undefined {
  const ended = history.find((entry) => entry.timeline === timeline);
  return ended !== undefined && lsnToBytes(lsn) > lsnToBytes(ended.endLsn) ? ended.endLsn : undefined;
}

/**
 * Where the histories of two servers part; undefined when one is the beginning of the other, or they look the same.
 * Two servers that were promoted at the same LSN both took the next timeline, and look the same.
 */
export function forkBetween(
  one: { timeline: number; endedTimelines: readonly EndedTimeline[] },
  other: { timeline: number; endedTimelines: readonly EndedTimeline[] },
): string | undefined {
  for (const ended of one.endedTimelines) {
    const counterpart = other.endedTimelines.find(({ timeline }) => timeline === ended.timeline);
    if (counterpart === undefined) return ended.timeline === other.timeline ? ended.endLsn : undefined;
    const distance = lsnToBytes(counterpart.endLsn) - lsnToBytes(ended.endLsn);
    if (distance !== 0n) return distance > 0n ? ended.endLsn : counterpart.endLsn;
  }
  return other.endedTimelines.find(({ timeline }) => timeline === one.timeline)?.endLsn;
}
