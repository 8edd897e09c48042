import { confidenceInterval, type Interval } from '../measure/statistics/bootstrap.js';
import { median } from '../measure/statistics/percentile.js';
import { isOverRuns, judgeClaim } from './assertions.js';
import type { Lab } from './parse-lab.js';
import { type Assertion, type LabRecord, type LabVerdict, verdictOf } from './record.js';

/** A figure over the runs of a lab. In milliseconds, or a count. */
export interface Spread {
  name: string;
  runs: number;
  min: number;
  median: number;
  max: number;
  /** Null for fewer than 20 runs. */
  p95: number | null;
  /** Of the median; null for too few runs. */
  interval: Interval | null;
}

/** Several runs of one lab. */
export interface LabSeries {
  lab: string;
  verdict: LabVerdict;
  runs: LabRecord[];
  /** Those that speak of all runs together, and how many runs held the others. */
  assertions: Assertion[];
  spreads: Spread[];
}

const runsForP95 = 20;

function spreadOf(name: string, values: readonly (number | null)[], seed: number): Spread | undefined {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  const [min] = known;
  const max = known.at(-1);
  const middle = median(known);
  if (min === undefined || max === undefined || middle === null) return undefined;
  return {
    name,
    runs: known.length,
    min,
    median: middle,
    max,
    p95: known.length < runsForP95 ? null : (known[Math.ceil(known.length * 0.95) - 1] ?? null),
    interval: confidenceInterval([known], ([drawn = new Float64Array()]) => median(drawn) ?? Number.NaN, {
      seed,
    }),
  };
}

/** How many of the runs each assertion held in. */
function perRun(runs: readonly LabRecord[]): Assertion[] {
  const texts = [...new Set(runs.flatMap(({ assertions }) => assertions.map(({ text }) => text)))];
  return texts.map((text) => {
    const judged = runs.flatMap(({ assertions }) => assertions.filter((each) => each.text === text));
    const held = judged.filter(({ passed }) => passed === true).length;
    const failed = judged.some(({ passed }) => passed === false);
    return {
      text,
      passed: failed ? false : held === judged.length ? true : null,
      observed: `in ${held} of ${judged.length} runs`,
    };
  });
}

/** Draws several runs together. Pure. */
export function summariseRuns(lab: Pick<Lab, 'name' | 'claims'>, runs: LabRecord[], seed: number): LabSeries {
  const overRuns = lab.claims.filter(isOverRuns).map((claim) => judgeClaim(claim, runs));
  const assertions = [...overRuns, ...perRun(runs)];
  const spreads = [
    spreadOf(
      'write outage in ms',
      runs.map(({ outage }) => outage.writeMs),
      seed,
    ),
    spreadOf(
      'read outage in ms',
      runs.map(({ outage }) => outage.readMs),
      seed,
    ),
    spreadOf(
      'lost writes',
      runs.map(({ ledger }) => ledger?.lost ?? null),
      seed,
    ),
    spreadOf(
      'stale reads',
      runs.map(({ whole }) => whole.reads.stale),
      seed,
    ),
  ].filter((spread) => spread !== undefined);
  return { lab: lab.name, verdict: verdictOf(assertions), runs, assertions, spreads };
}
