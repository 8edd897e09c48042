import { isOverRuns, judgeClaim } from '../figures/assertions.js';
import type { Measured } from '../figures/figures.js';
import type { Lab } from '../file/parse-lab.js';
import type { Assertion, StepRecord } from '../record.js';

interface Outcome {
  measured: Measured;
  steps: readonly StepRecord[];
  /** The longest that a client of the lab's own woke too late. */
  maxLateMs: number;
}

/** A client that wakes late makes a gap of its own. This much of an outage may be its doing. */
const lateShare = 4;

/** Steps that did not come out as they should. */
const failedSteps = (steps: readonly StepRecord[]): Assertion[] =>
  steps
    .filter(({ outcome }) => outcome !== 'done')
    .map(({ text, outcome, observed }) => ({ text, passed: outcome === 'failed' ? false : null, observed }));

/** What holds of every run, whatever it is about. */
function ofEveryRun({ measured: { whole, ledger }, maxLateMs }: Outcome, claims: Lab['claims']): Assertion[] {
  const { writeMs } = whole.outage;
  const asksForTimes = claims.some(({ text }) => text.includes('outage'));
  return [
    ...(ledger === null
      ? []
      : [
          {
            text: 'the final read finds no row that nobody wrote',
            passed: ledger.unexpected === null ? null : ledger.unexpected === 0,
            observed: ledger.unexpected === null ? 'no final read' : String(ledger.unexpected),
          },
        ]),
    ...(asksForTimes && writeMs !== null && whole.faultMs !== null
      ? [
          {
            text: 'the clients kept their pace: none woke later than a quarter of the outage',
            passed: maxLateMs <= writeMs / lateShare ? true : null,
            observed: `${Math.round(maxLateMs)} ms`,
          },
        ]
      : []),
  ];
}

/** What a run proves: its steps, what holds of every run, and what its file asserts. Pure. */
export function assertionsOf(lab: Pick<Lab, 'claims' | 'steps'>, outcome: Outcome): Assertion[] {
  const { measured, steps } = outcome;
  const broken = failedSteps(steps);
  const notRun = steps.length < lab.steps.length || broken.length > 0;
  const claims = lab.claims
    .filter((claim) => !isOverRuns(claim))
    .map((claim) => {
      const judged = judgeClaim(claim, [measured]);
      // What the lab would have measured in the steps that were left out is not known.
      return notRun && judged.passed === false ? { ...judged, passed: null } : judged;
    });
  return [...broken, ...claims, ...ofEveryRun(outcome, lab.claims)];
}
