/**
 * What an operation tells while it runs. Operations emit, reporters in `ui` show: a live terminal, plain lines
 * or NDJSON. Times come from the operation's clock, in milliseconds since it began.
 */
export type HalabEvent =
  | { type: 'operation.started'; operation: string; stack: string }
  /** One step of a plan. `id` ties the events of a step together; `node` is there when the step belongs to one. */
  | { type: 'step.started'; id: string; title: string; node?: string }
  | { type: 'step.progress'; id: string; message: string }
  | { type: 'step.done'; id: string; durationMs: number; detail?: string }
  | { type: 'step.failed'; id: string; message: string }
  /** Something the user should know that is no step. */
  | { type: 'note'; severity: 'info' | 'warning'; message: string }
  /** A step of a lab, and what came of it. */
  | { type: 'lab.step'; id: string; text: string }
  | {
      type: 'lab.step.ended';
      id: string;
      text: string;
      outcome: 'done' | 'failed' | 'inconclusive';
      observed: string;
      durationMs: number;
    }
  /** Live figures of a lab or a measurement. */
  | { type: 'load'; elapsedMs: number; acknowledged: number; failed: number; lastAcknowledgedAgoMs: number };

export type Emit = (event: HalabEvent) => void;

/** Emits the start and the end of one step around its work; the error goes on to the caller. */
export async function step<T>(
  emit: Emit,
  nowMs: () => number,
  about: { id: string; title: string; node?: string; detail?: (result: T) => string },
  work: () => Promise<T>,
): Promise<T> {
  const { detail, ...started } = about;
  const startMs = nowMs();
  emit({ type: 'step.started', ...started });
  try {
    const result = await work();
    emit({
      type: 'step.done',
      id: about.id,
      durationMs: nowMs() - startMs,
      ...(detail === undefined ? {} : { detail: detail(result) }),
    });
    return result;
  } catch (error) {
    emit({
      type: 'step.failed',
      id: about.id,
      message: error instanceof Error ? error.message : String(error),
    });
    throw error;
  }
}
