import { median } from '../measure/statistics/percentile.js';
import { ratioOfRuns } from '../measure/statistics/ratio.js';
import { type BenchResult, type Change, type Comparison, metrics } from './bench-result.js';
import type { SavedResult } from './saved-result.js';
import { figureOf } from './summarise.js';

const told = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

/** Where two lists of facts differ, a sentence each. */
function differencesOf(
  earlier: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): string[] {
  const names = [...new Set([...Object.keys(earlier), ...Object.keys(now)])];
  return names.flatMap((name) => {
    const [before, after] = [told(earlier[name]), told(now[name])];
    return before === after ? [] : [`${name} was ${before}, and is ${after} now`];
  });
}

/**
 * This run against an earlier one of the same benchmark: of each side that both have, how much more or less of each
 * figure. The two did not take turns, so that a machine that is slower today counts as well. Pure.
 */
export function compareResults(
  now: Pick<BenchResult, 'sides' | 'settings' | 'manifest'>,
  earlier: SavedResult,
): Comparison {
  const changes = now.sides.flatMap((side) => {
    const before = earlier.sides.find(({ name }) => name === side.name);
    if (before === undefined) return [];
    return metrics.flatMap((metric): Change[] => {
      const [after, then] = [side, before].map(({ rounds }) =>
        rounds.map((round) => figureOf(round, metric)).filter((figure) => figure !== null),
      );
      const found = ratioOfRuns(after ?? [], then ?? [], { seed: now.settings.seed });
      const [medianNow, medianThen] = [median(after ?? []), median(then ?? [])];
      return found === null || medianNow === null || medianThen === null
        ? []
        : [{ side: side.name, metric, earlier: medianThen, now: medianNow, ...found }];
    });
  });
  // What else was at work differs from minute to minute, and is told with each run.
  const machineOf = ({ manifest }: { manifest: { machine: object } }): Record<string, unknown> => ({
    ...manifest.machine,
    loadAverageBefore: null,
  });
  const namesOf = (sides: readonly { name: string }[]): { sides: string } => ({
    sides: sides.map(({ name }) => name).join(', '),
  });
  return {
    earlierDate: earlier.manifest.date,
    changes,
    differences: [
      ...differencesOf({ ...earlier.settings }, { ...now.settings }),
      ...differencesOf(namesOf(earlier.sides), namesOf(now.sides)),
      ...differencesOf(machineOf(earlier), machineOf(now)),
      ...differencesOf(earlier.manifest.versions, now.manifest.versions),
    ],
  };
}
