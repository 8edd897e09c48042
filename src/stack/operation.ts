import type { Clock } from '../clock/clock.js';
import type { Engine } from '../docker/engine.js';
import type { Emit } from '../events/events.js';
import type { History } from '../history/history.js';

/** What every operation on a stack is given. */
export interface Operation {
  engine: Engine;
  clock: Clock;
  emit: Emit;
  /** What was done to the stack is kept here. */
  history: History;
  /** Aborted by Ctrl-C: the operation stops at the next step. */
  signal?: AbortSignal | undefined;
}
