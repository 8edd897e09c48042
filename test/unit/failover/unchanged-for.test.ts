import { expect, it } from 'vitest';
import { unchangedFor } from '../../../src/failover/promotion.js';

it('what a replica received is silence from the moment it stays the same', () => {
  let nowMs = 0;
  const heard = unchangedFor({ nowMs: () => nowMs, date: () => new Date(0), sleep: () => Promise.resolve() });
  const at = (ms: number, lsn: string | null | undefined): number => {
    nowMs = ms;
    return heard(lsn);
  };
  expect([at(5, '0/1'), at(10, '0/1'), at(20, '0/2'), at(50, '0/2')]).toEqual([0, 5, 0, 30]);
  expect([at(60, undefined), at(70, undefined), at(80, null), at(90, null)]).toEqual([0, 0, 0, 10]);
});
