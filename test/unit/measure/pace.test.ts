import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextDueMs } from '../../../src/measure/pace.js';

describe('pace', () => {
  it('keeps a client on its own grid, so that staggered clients stay staggered', () => {
    expect(nextDueMs(100, 10, 103)).toBe(110);
    expect(nextDueMs(100, 10, 110)).toBe(110);
    expect(nextDueMs(100, 10, 1234)).toBe(1240);
  });

  it('never goes back and never skips a turn that could be kept', () => {
    fc.assert(
      fc.property(
        fc.nat(10_000),
        fc.integer({ min: 1, max: 100 }),
        fc.nat(5000),
        (dueMs, intervalMs, tookMs) => {
          const nowMs = dueMs + tookMs;
          const next = nextDueMs(dueMs, intervalMs, nowMs);
          expect(next).toBeGreaterThan(dueMs);
          expect(next).toBeGreaterThanOrEqual(nowMs);
          expect(next - Math.max(nowMs, dueMs + 1)).toBeLessThan(intervalMs);
          expect((next - dueMs) % intervalMs).toBe(0);
        },
      ),
    );
  });
});
