import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareResults } from '../../../src/bench/compare.js';
import { parseSavedResult } from '../../../src/bench/saved-result.js';
import { sideResult } from '../../../src/bench/summarise.js';
import { renderBench } from '../../../src/ui/render-bench.js';
import { styleFor } from '../../../src/ui/style.js';
import { resultOf } from '../bench/results.js';
import { roundOf } from '../bench/rounds.js';

const style = styleFor({ columns: 80 }, {});
const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

describe('the report of a benchmark', () => {
  it('says what was asked for, what was reached, and of how many samples', () => {
    const text = renderBench(resultOf(), style);
    expect(text).toContain('Benchmark cache on halab: 6 rounds');
    expect(text).toMatch(/no cache +1000 +990 +6000 +4\.00 +4\.00 +4\.00 +– +4\.00/);
    expect(text).toMatch(/cache +14,025 +━+/);
    expect(text).toMatch(/no cache +0\.0 % +100\.0 % +0\.0 % +0\.5000 +0/);
  });

  it('shows a gain with its interval', () => {
    expect(renderBench(resultOf(), style)).toMatch(
      /cache to no cache +throughput +7\.00 times \(95 %: 7\.00 to 7\.00\)/,
    );
  });

  it('has a dash for a percentile that the sample does not support, and says what it needs', () => {
    const text = renderBench(resultOf(), style);
    expect(text).toContain('–: too few samples. p90 needs 100, p99 1,000, p99.9 10,000.');
    const many = { ...resultOf(), sides: [sideResult('reads', [roundOf({ count: 10_000 })])] };
    expect(renderBench(many, style)).not.toContain('too few samples');
  });

  it('names each error and how often it came', () => {
    const result = { ...resultOf(), sides: [sideResult('reads', [roundOf({ failed: 1234 })])] };
    const text = renderBench(result, style);
    expect(text).toMatch(/reads .* 1,234\n/);
    expect(text).toContain('reads: HTTP 503 (1,234 times).');
  });

  it('gives no verdict where the generator was the bottleneck, and says why', () => {
    const text = renderBench(
      { ...resultOf(), verdict: 'inconclusive', reasons: ['cache: the generator had nothing left'] },
      style,
    );
    expect(text).toContain('INCONCLUSIVE\n! cache: the generator had nothing left');
    expect(renderBench(resultOf(), style)).not.toContain('INCONCLUSIVE');
  });

  it('says where a comparison shows no difference, and in what the runs are unlike', () => {
    const earlier = parseSavedResult(JSON.stringify(resultOf(7)), 'before.json', 'cache');
    const now = resultOf(14);
    now.settings.connections = 8;
    const text = renderBench({ ...now, comparison: compareResults(now, earlier) }, style);
    expect(text).toContain('Against the run of 2026-01-31T12:00:00.000Z');
    expect(text).toMatch(/no cache +throughput +2004 +2004 +1\.00 +1\.00 to 1\.00 +none shown/);
    expect(text).toMatch(/cache +throughput +14025 +28049 +2\.00 +2\.00 to 2\.00\n/);
    expect(text).toContain('! The runs differ: connections was 32, and is 8 now.');
  });

  it('says that fewer than six rounds give no interval', () => {
    const result = resultOf();
    result.settings.rounds = 3;
    expect(renderBench(result, style)).toContain('An interval needs 6 rounds.');
  });

  it('names the machine and the versions', () => {
    const text = renderBench(resultOf(), style).replaceAll('\n', ' ');
    expect(text).toContain('2 × A processor of some length @ 2.80GHz, 8.0 GB, linux 6.1.0-18-amd64');
    expect(text).toContain('load average before 0.12; halab 0.1.0, node 20.20.0');
  });

  it('fits 80 columns, whatever the figures', () => {
    const outline = fc.record({
      latencyMs: fc.double({ min: 0, max: 9999, noNaN: true }),
      count: fc.constantFrom(0, 5, 1000, 12_000),
      perSecond: fc.double({ min: 0, max: 99_999, noNaN: true }),
      failed: fc.constantFrom(0, 7, 99_999),
    });
    const names = fc.constantFrom('read: primary', 'insert: primary', 'no cache', 'api');
    fc.assert(
      fc.property(names, outline, outline, (name, one, other) => {
        const sides = [sideResult(name, [roundOf(one)]), sideResult('insert: replica', [roundOf(other)])];
        const result = { ...resultOf(), sides };
        const earlier = parseSavedResult(JSON.stringify(result), 'b.json', 'cache');
        const comparison = compareResults(result, earlier);
        expect(widest(renderBench({ ...result, comparison }, style))).toBeLessThanOrEqual(80);
      }),
      { numRuns: 30 },
    );
  });
});
