import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/clock/clock.js';
import { waitUntil } from '../../../src/clock/wait-until.js';

/** Time that passes only while somebody sleeps. */
function fakeClock(): Clock {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    date: () => new Date(nowMs),
    sleep: (durationMs) => {
      nowMs += durationMs;
      return Promise.resolve();
    },
  };
}

const onTimeout = (lastError: unknown): Error => new Error('too late', { cause: lastError });

describe('waiting for a condition', () => {
  it('returns the first answer there is', async () => {
    let asked = 0;
    const answer = await waitUntil(() => Promise.resolve(++asked === 3 ? 'here' : undefined), {
      clock: fakeClock(),
      timeoutMs: 1000,
      onTimeout,
    });
    expect([answer, asked]).toEqual(['here', 3]);
  });

  it('asks again after an error, and tells of the last one at the deadline', async () => {
    const waiting = waitUntil(() => Promise.reject(new Error('refused')), {
      clock: fakeClock(),
      timeoutMs: 100,
      onTimeout,
    });
    await expect(waiting).rejects.toMatchObject({ message: 'too late', cause: { message: 'refused' } });
  });

  it('does not wait past its deadline', async () => {
    const clock = fakeClock();
    const waiting = waitUntil(() => Promise.resolve(undefined), {
      clock,
      timeoutMs: 100,
      intervalMs: 30,
      onTimeout,
    });
    await expect(waiting).rejects.toThrow('too late');
    expect(clock.nowMs()).toBeLessThanOrEqual(100);
  });

  it('throws a final error at once', async () => {
    const waiting = waitUntil(() => Promise.reject(new Error('dead')), {
      clock: fakeClock(),
      timeoutMs: 100,
      isFinal: () => true,
      onTimeout,
    });
    await expect(waiting).rejects.toThrow('dead');
  });

  it('ends with the reason of an aborted signal', async () => {
    const waiting = waitUntil(() => Promise.resolve(undefined), {
      clock: fakeClock(),
      timeoutMs: 100,
      signal: AbortSignal.abort(new Error('interrupted')),
      onTimeout,
    });
    await expect(waiting).rejects.toThrow('interrupted');
  });
});
