import { describe, expect, it } from 'vitest';
import { parseDurationMs } from '../../../src/commands/duration.js';

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['0', 0],
    ['0.4ms', 0],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  it.each(['', '10', 's', '-1s', '1 s', '1d', '1e3s', '.5s', '10s '])('%j is none', (text) => {
    expect(() => parseDurationMs(text)).toThrow('a number with its unit');
  });

  it('is at most a day', () => {
    expect(parseDurationMs('24h')).toBe(86_400_000);
    expect(() => parseDurationMs('25h')).toThrow('at most 24h');
  });
});
