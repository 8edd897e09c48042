import { describe, expect, it } from 'vitest';
import type { BenchResult } from '../../../src/bench/bench-result.js';
import { compareResults } from '../../../src/bench/compare.js';
import { parseSavedResult } from '../../../src/bench/saved-result.js';
import { HalabError } from '../../../src/errors/halab-error.js';
import { resultOf } from './results.js';

const saved = (result: BenchResult) => parseSavedResult(JSON.stringify(result), 'before.json', 'cache');

describe('a run against an earlier one', () => {
  it('tells how many times as much each figure is, with an interval', () => {
    const { changes, differences, earlierDate } = compareResults(resultOf(14), saved(resultOf(7)));
    expect(earlierDate).toBe('2026-01-31T12:00:00.000Z');
    expect(differences).toEqual([]);
    const cached = changes.find(({ side, metric }) => side === 'cache' && metric === 'throughputPerSecond');
    expect(cached?.ratio).toBeCloseTo(2, 5);
    expect(cached?.interval?.low).toBeGreaterThan(1.9);
    expect(cached?.now).toBeGreaterThan(cached?.earlier ?? 0);
    const uncached = changes.find(
      ({ side, metric }) => side === 'no cache' && metric === 'throughputPerSecond',
    );
    expect(uncached?.ratio).toBe(1);
  });

  it('says in what the two runs are unlike', () => {
    const now = resultOf();
    now.settings.ratePerSecond = 500;
    now.settings.through = ['proxy'];
    now.manifest.machine.cpus = 8;
    now.manifest.machine.loadAverageBefore = 3;
    now.manifest.versions['node'] = '22.0.0';
    expect(compareResults(now, saved(resultOf())).differences).toEqual([
      'ratePerSecond was 1000, and is 500 now',
      'through was null, and is ["proxy"] now',
      'cpus was 2, and is 8 now',
      'node was 20.20.0, and is 22.0.0 now',
    ]);
  });

  it('leaves out what only one of them has, and says so', () => {
    const now = resultOf();
    now.sides = now.sides.slice(1);
    const { changes, differences } = compareResults(now, saved(resultOf()));
    expect(changes.every(({ side }) => side === 'cache')).toBe(true);
    expect(differences).toEqual(['sides was no cache, cache, and is cache now']);
  });
});

describe('a saved result', () => {
  const problemOf = (text: string): HalabError => {
    try {
      parseSavedResult(text, 'before.json', 'cache');
    } catch (error) {
      if (error instanceof HalabError) return error;
    }
    throw new Error('It was taken.');
  };

  it('is read as it was written', () => {
    expect(saved(resultOf())).toEqual(JSON.parse(JSON.stringify(resultOf())));
  });

  it('of another benchmark is refused, with the command that takes it', () => {
    const error = problemOf(JSON.stringify({ ...resultOf(), benchmark: 'reads' }));
    expect(error).toMatchObject({ code: 'USAGE', exitCode: 2 });
    expect(error.message).toBe('before.json is a result of halab bench reads.');
    expect(error.hint).toContain('halab bench reads --compare before.json');
  });

  it.each([
    ['no JSON', 'nonsense'],
    ['an empty file', ''],
    ['other JSON', '{"a":1}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a result without its sides', JSON.stringify({ ...resultOf(), sides: undefined })],
    ['a result of a later form', JSON.stringify({ ...resultOf(), format: 'halab bench 9' })],
  ])('that is %s is refused, and named', (_what, text) => {
    const error = problemOf(text);
    expect(error).toMatchObject({ code: 'USAGE', exitCode: 2 });
    expect(error.message).toContain('before.json is no result of halab bench');
  });
});
