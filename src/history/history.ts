import type { Clock } from '../clock/clock.js';
import { exitCodes } from '../errors/exit-codes.js';
import { HalabError } from '../errors/halab-error.js';
import type { Emit } from '../events/events.js';

/** Something that was done to a stack and changed who does what in it. */
export interface HistoryEntry {
  /** When it began: ISO 8601, UTC. */
  at: string;
  /** URL of the engine: stacks of two engines may have the same name. */
  engine: string;
  operation: string;
  /** The node that it was about; null when it failed before that was known. */
  node: string | null;
  /** `done`, or the code of the error that ended it. */
  outcome: string;
  /** Why, or how; on failure the message. */
  cause: string;
  timeline: { before: number | null; after: number | null } | null;
  durationMs: number;
}

/** Where entries are kept; the stack's containers may be gone when they are read. */
export interface History {
  readonly append: (stack: string, entry: HistoryEntry) => Promise<void>;
  /** Oldest first. */
  readonly read: (engineUrl: string, stack: string) => Promise<HistoryEntry[]>;
}

interface Recording {
  clock: Clock;
  emit: Emit;
  history: History;
  engine: { endpoint: { url: string } };
}

/**
 * Runs an operation and keeps it in the stack's history, with its outcome. What was refused (exit code 4) changed
 * nothing and is not kept. A history that cannot be written ends no operation: it is told as a warning.
 *
 * @param tell what a result says for the history
 */
export async function recorded<T>(
  { clock, emit, history, engine }: Recording,
  { operation, stack, node }: { operation: string; stack: string; node?: string | undefined },
  work: () => Promise<T>,
  tell: (result: T) => Pick<HistoryEntry, 'node' | 'cause' | 'timeline'>,
): Promise<T> {
  const at = clock.date().toISOString();
  const startMs = clock.nowMs();
  const keep = async (
    outcome: string,
    told: Pick<HistoryEntry, 'node' | 'cause' | 'timeline'>,
  ): Promise<void> => {
    const entry = {
      at,
      engine: engine.endpoint.url,
      operation,
      outcome,
      ...told,
      durationMs: Math.round(clock.nowMs() - startMs),
    };
    await history.append(stack, entry).catch((error: unknown) => {
      emit({ type: 'note', severity: 'warning', message: `The history was not written: ${String(error)}` });
    });
  };
  try {
    const result = await work();
    await keep('done', tell(result));
    return result;
  } catch (error) {
    if (error instanceof HalabError && error.exitCode === exitCodes.refused) throw error;
    await keep(error instanceof HalabError ? error.code : 'ERROR', {
      node: node ?? null,
      cause: error instanceof Error ? error.message : String(error),
      timeline: null,
    });
    throw error;
  }
}
