import { type EndedTimeline, forkPassedBy } from '../nodes/postgres/timeline-history.js';

/** How a node comes back. `none`: it streams already. */
export type RejoinMethod = 'none' | 'follow' | 'rewind' | 'basebackup';

/** What is known of a node that is to follow, and of the primary that it is to follow. */
export interface RejoinFacts {
  node: string;
  primary: string;
  /** Null when the data directory cannot be used as it is. */
  stand: { timeline: number; lsn: string } | null;
  primaryTimeline: number;
  endedTimelines: readonly EndedTimeline[];
  /** The node's slot on the primary no longer has the WAL that the node needs. */
  slotLost: boolean;
}

export interface RejoinPlan {
  method: Exclude<RejoinMethod, 'none'>;
  reason: string;
  /** Where the primary left the node's timeline; null when the node holds nothing past it. */
  forkLsn: string | null;
  /** The node may hold transactions that the primary never had, and which ones cannot be told. */
  mayHoldMore: boolean;
}

/**
 * Chooses the cheapest way back that is safe. Source: PostgreSQL manual, pg_rewind, and 26.2.6 on slots. Pure.
 */
export function planRejoin(facts: RejoinFacts): RejoinPlan {
  const { node, primary, stand, primaryTimeline, endedTimelines, slotLost } = facts;
  const copy = (reason: string, mayHoldMore: boolean): RejoinPlan => ({
    method: 'basebackup',
    reason,
    forkLsn: null,
    mayHoldMore,
  });
  if (stand === null) return copy(`the data directory of ${node} cannot be used as it is`, false);
  const { timeline, lsn } = stand;
  if (timeline > primaryTimeline) {
    return copy(`${node} is on timeline ${timeline}, newer than ${primaryTimeline} of ${primary}`, true);
  }
  if (timeline < primaryTimeline && endedTimelines.every((ended) => ended.timeline !== timeline)) {
    return copy(`timeline ${timeline} of ${node} is not in the history of ${primary}`, true);
  }
  const forkLsn = forkPassedBy(stand, endedTimelines) ?? null;
  if (forkLsn !== null) {
    return {
      method: 'rewind',
      reason: `${node} went on to ${lsn} on timeline ${timeline}, which ${primary} left at ${forkLsn}`,
      forkLsn,
      mayHoldMore: false,
    };
  }
  if (slotLost) return copy(`${primary} no longer has the WAL that ${node} needs`, false);
  return {
    method: 'follow',
    reason: `${node} holds no WAL that ${primary} never had`,
    forkLsn: null,
    mayHoldMore: false,
  };
}
