import { describe, expect, it } from 'vitest';
import { planRejoin, type RejoinFacts } from '../../../src/failover/rejoin-plan.js';

/** A former primary on timeline 1 that ended exactly where the new primary forked off. */
const facts: RejoinFacts = {
  node: 'db-primary',
  primary: 'db-replica',
  stand: { timeline: 1, lsn: '0/5000000' },
  primaryTimeline: 2,
  endedTimelines: [{ timeline: 1, endLsn: '0/5000000' }],
  slotLost: false,
};

describe('a node comes back', () => {
  it.each<[string, Partial<RejoinFacts>, string]>([
    ['by a start as standby when it holds nothing past the fork', {}, 'follow'],
    ['by pg_rewind when it went past the fork', { stand: { timeline: 1, lsn: '0/5000008' } }, 'rewind'],
    [
      'by pg_rewind also when its slot is lost',
      { stand: { timeline: 1, lsn: '0/5000008' }, slotLost: true },
      'rewind',
    ],
    ['by a base backup when its slot lost WAL that it needs', { slotLost: true }, 'basebackup'],
    ['by a base backup when its data cannot be used', { stand: null }, 'basebackup'],
    ['by a base backup from a newer timeline', { stand: { timeline: 3, lsn: '0/1' } }, 'basebackup'],
    ['by a base backup from a timeline that the primary never was on', { endedTimelines: [] }, 'basebackup'],
  ])('%s', (_how, change, method) => {
    expect(planRejoin({ ...facts, ...change }).method).toBe(method);
  });

  it('and must be asked about first when nobody can tell what it holds', () => {
    expect(planRejoin({ ...facts, stand: { timeline: 3, lsn: '0/1' } }).mayHoldMore).toBe(true);
    expect(planRejoin({ ...facts, stand: null }).mayHoldMore).toBe(false);
  });
});
