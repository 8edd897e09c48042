import { isOverRuns, judgeClaim } from '../figures/assertions.js';
import { type Spread, spreadOf } from '../figures/spread.js';
import type { Lab } from '../file/parse-lab.js';
import { type Assertion, type LabRecord, type LabVerdict, verdictOf } from '../record.js';

/** A figure over the runs of a lab. */
export interface NamedSpread extends Spread {
  name: string;
}

/** Several runs of one lab. */
export interface LabSeries {
  lab: string;
  verdict: LabVerdict;
  runs: LabRecord[];
  /** Those that speak of all runs together, and how many runs held the others. */
  assertions: Assertion[];
  spreads: NamedSpread[];
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
  const figures = {
    'write outage in ms': ({ outage }: LabRecord) => outage.writeMs,
    'read outage in ms': ({ outage }: LabRecord) => outage.readMs,
    'lost writes': ({ ledger }: LabRecord) => ledger?.lost ?? null,
    'stale reads': ({ whole }: LabRecord) => whole.reads.stale,
  };
  const spreads = Object.entries(figures).flatMap(([name, of]) => {
    const spread = spreadOf(runs.map(of), seed);
    return spread === null ? [] : [{ name, ...spread }];
  });
  return { lab: lab.name, verdict: verdictOf(assertions), runs, assertions, spreads };
}
