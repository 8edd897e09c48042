import type { Clock } from '../clock/clock.js';
import type { Emit } from '../events/events.js';
import { step } from '../events/events.js';

/** A part of an operation with its time, counted from the operation's start. */
export interface Phase {
  name: string;
  startMs: number;
  durationMs: number;
}

/** Runs the phases of one operation and keeps their times. */
export interface PhaseRecorder<Name extends string> {
  readonly run: <T>(name: Name, work: () => Promise<T>) => Promise<T>;
  /** In the order in which they began. */
  readonly phases: () => Phase[];
}

export function recordPhases<Name extends string>(
  clock: Clock,
  emit: Emit,
  node?: string,
): PhaseRecorder<Name> {
  const originMs = clock.nowMs();
  const phases: Phase[] = [];
  return {
    run: async (name, work) => {
      const phase: Phase = { name, startMs: clock.nowMs() - originMs, durationMs: 0 };
      phases.push(phase);
      try {
        return await step(
          emit,
          clock.nowMs,
          { id: name, title: name, ...(node === undefined ? {} : { node }) },
          work,
        );
      } finally {
        phase.durationMs = clock.nowMs() - originMs - phase.startMs;
      }
    },
    phases: () => phases.map((phase) => ({ ...phase })),
  };
}
