import type { Phase } from '../failover/phases.js';
import type { Measurement } from '../measure/measurement.js';

/** A moment of a run, counted from the fault. */
export interface Moment {
  name: string;
  atMs: number;
}

export interface Assertion {
  text: string;
  /** Null when the evidence does not decide. */
  passed: boolean | null;
  observed: string;
}

export type LabVerdict = 'passed' | 'failed' | 'inconclusive';

/** One run of a lab. Times are milliseconds. */
export interface LabRun {
  lab: string;
  stack: string;
  runId: string;
  verdict: LabVerdict;
  outage: Measurement['outage'];
  ledger: Measurement['ledger'];
  reads: Measurement['reads'];
  /** The longest that a client of the lab's own woke too late. */
  maxLateMs: number;
  /** From the last write before the fault to the first one after it. */
  moments: Moment[];
  /** Of the failover; times from its start. */
  phases: Phase[];
  assertions: Assertion[];
  /** Where the evidence was kept; null when it was not asked for. */
  evidence: string | null;
  next: string[];
}

/** Failed when an assertion failed; inconclusive when one could not be decided. Pure. */
export function verdictOf(assertions: readonly Assertion[]): LabVerdict {
  if (assertions.some(({ passed }) => passed === false)) return 'failed';
  return assertions.some(({ passed }) => passed === null) ? 'inconclusive' : 'passed';
}
