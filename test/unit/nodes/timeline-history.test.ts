import { describe, expect, it } from 'vitest';
import { forkPassedBy } from '../../../src/nodes/postgres/timeline-history.js';

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
