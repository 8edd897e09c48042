import { describe, expect, it } from 'vitest';
import { forkBetween, forkPassedBy } from '../../../src/nodes/postgres/timeline-history.js';

const history = [
  { timeline: 1, endLsn: '0/5000000' },
  { timeline: 2, endLsn: '0/9000000' },
];

describe('a server beside a primary whose timelines 1 and 2 have ended', () => {
  it.each([
    ['behind the fork can follow', 1, '0/4000000', undefined],
    ['exactly at the fork can follow', 1, '0/5000000', undefined],
    ['one byte past the fork cannot', 1, '0/5000001', '0/5000000'],
    ['past the second fork, on timeline 2, cannot', 2, '1/0', '0/9000000'],
    ['on the primary’s own timeline follows it', 3, '1/0', undefined],
  ])('%s', (_what, timeline, lsn, fork) => {
    expect(forkPassedBy({ timeline, lsn }, history)).toBe(fork);
  });
});

describe('the fork between two servers', () => {
  const first = { timeline: 1, endedTimelines: [] };
  const second = { timeline: 2, endedTimelines: [{ timeline: 1, endLsn: '0/3000000' }] };
  const third = {
    timeline: 3,
    endedTimelines: [
      { timeline: 1, endLsn: '0/3000000' },
      { timeline: 2, endLsn: '0/5000000' },
    ],
  };

  it('is where the newer one left the timeline that the older one went on with', () => {
    expect(forkBetween(first, second)).toBe('0/3000000');
    expect(forkBetween(third, first)).toBe('0/3000000');
    expect(forkBetween(third, second)).toBe('0/5000000');
  });

  it('is the earlier end of a timeline that both left', () => {
    const rival = { timeline: 2, endedTimelines: [{ timeline: 1, endLsn: '0/2000000' }] };
    expect(forkBetween(second, rival)).toBe('0/2000000');
    expect(forkBetween(third, rival)).toBe('0/2000000');
  });

  it('is unknown for servers that tell the same history', () => {
    expect(forkBetween(first, first)).toBeUndefined();
    expect(forkBetween(second, { ...second })).toBeUndefined();
  });
});
