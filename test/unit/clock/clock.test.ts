import { describe, expect, it } from 'vitest';
import { clockSince, originOf, systemClock } from '../../../src/clock/clock.js';

describe('the clock of another process', () => {
  it('reads the same times', () => {
    const same = clockSince(originOf(systemClock));
    for (let look = 0; look < 100; look += 1) {
      const beforeMs = systemClock.nowMs();
      const readMs = same.nowMs();
      const afterMs = systemClock.nowMs();
      // A microsecond for what lies between the two looks of the origin.
      expect(readMs).toBeGreaterThanOrEqual(beforeMs - 0.001);
      expect(readMs).toBeLessThanOrEqual(afterMs + 0.05);
    }
  });
});
