import type { LedgerVerdict } from '../measure/judge-ledger.js';
import type { Timeline } from '../measure/timeline.js';
import type { WatchFigures } from '../measure/watch.js';

export type LabVerdict = 'passed' | 'failed' | 'inconclusive';

/** A moment of a run, counted from the first fault, or from the start where there is none. */
export interface Moment {
  name: string;
  atMs: number;
}

/** Something that lasted: a fault in force, an operation of halab, a phase of one. On the run's clock. */
export interface Band {
  kind: 'fault' | 'operation' | 'phase';
  name: string;
  /** The node that it was about; null when it is about the stack. */
  node: string | null;
  fromMs: number;
  untilMs: number;
}

export interface Assertion {
  text: string;
  /** Null when the evidence does not decide. */
  passed: boolean | null;
  observed: string;
}

/** A step of the lab as it went. */
export interface StepRecord {
  /** As the lab's file has it, in words: `fault kill primary`. */
  text: string;
  /** What the reader foretold, with --explain. */
  prediction: string | null;
  outcome: 'done' | 'failed' | 'inconclusive';
  /** What came of it: what an expectation saw, what an operation reported, or why it failed. */
  observed: string;
  /** On the run's clock. */
  startMs: number;
  durationMs: number;
}

/** A part of the run that the lab's file names, and what the clients felt meanwhile. */
export interface Window extends WatchFigures {
  name: string;
  /** Figures that steps of this part brought: `discarded transactions`, `loads`, … */
  extra: Record<string, number>;
}

/** Where the figures come from. A figure without this cannot be compared with another. */
export interface Manifest {
  halab: string;
  node: string;
  cpu: string;
  cpus: number;
  memoryBytes: number;
  system: string;
  dockerEngine: string;
  /** Of each kind of node, the reference of its image. */
  images: Record<string, string>;
  /** Of the last minute, before the run: other work on the machine shows here. */
  loadAverageBefore: number;
}

/** One run of a lab: all that its reports show. Times are milliseconds; those of one clock are on the run's. */
export interface LabRecord {
  lab: string;
  title: string;
  about: string;
  /** What the assertions prove, when they hold. */
  conclusion: string;
  /** The lab's file, word for word. */
  source: string;
  stack: string;
  topology: { replicas: number; sync: string; pooler: boolean };
  runId: string;
  /** ISO 8601, UTC. */
  startedAt: string;
  /** On the run's clock: when its steps began and ended. */
  fromMs: number;
  untilMs: number;
  seed: number;
  verdict: LabVerdict;
  /** From the first step to the last. */
  whole: WatchFigures;
  outage: { writeMs: number | null; readMs: number | null; resolutionMs: number | null };
  /** Null when nobody wrote. */
  ledger: LedgerVerdict | null;
  windows: Window[];
  steps: StepRecord[];
  moments: Moment[];
  bands: Band[];
  timeline: Timeline;
  assertions: Assertion[];
  /** The longest that a client of the lab's own woke too late. */
  maxLateMs: number;
  manifest: Manifest;
  /** The folder of the evidence. */
  evidence: string | null;
  next: string[];
}

/** Failed when an assertion failed; inconclusive when one could not be decided. Pure. */
export function verdictOf(assertions: readonly Assertion[]): LabVerdict {
  if (assertions.some(({ passed }) => passed === false)) return 'failed';
  return assertions.some(({ passed }) => passed === null) ? 'inconclusive' : 'passed';
}
