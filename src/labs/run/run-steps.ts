import { HalabError } from '../../errors/halab-error.js';
import type { LabContext } from '../context/context.js';
import type { StepRecord } from '../record.js';
import { type LabStep, NotAsExpected, NotInTime } from '../steps/step-kind.js';

/** Asks what the reader foretells of a step, and tells what happened. */
export interface Explainer {
  readonly predict: (step: LabStep) => Promise<string | null>;
  readonly tell: (step: StepRecord) => void;
}

type Ended = Pick<StepRecord, 'outcome' | 'observed'>;

/** How a step that threw ended; what nobody foresaw is thrown on. */
function endedBy(error: unknown, { refused }: LabStep): Ended {
  if (error instanceof NotAsExpected) return { outcome: 'failed', observed: error.message };
  if (error instanceof NotInTime) return { outcome: 'inconclusive', observed: error.message };
  if (error instanceof HalabError && error.code !== 'INTERRUPTED') {
    if (refused === error.code) return { outcome: 'done', observed: `refused: ${error.message}` };
    return {
      outcome: refused === null ? 'inconclusive' : 'failed',
      observed: `${error.message} [${error.code}]`,
    };
  }
  throw error;
}

async function runStep(context: LabContext, step: LabStep): Promise<Ended> {
  try {
    const observed = await step.run(context);
    if (step.refused !== null)
      return { outcome: 'failed', observed: `${observed}; it should have been refused with ${step.refused}` };
    return { outcome: 'done', observed };
  } catch (error) {
    return endedBy(error, step);
  }
}

/** Runs the steps of a lab in turn, until one does not come out as it should. */
export async function runSteps(
  context: LabContext,
  steps: readonly LabStep[],
  explainer: Explainer | undefined,
): Promise<StepRecord[]> {
  const { clock, emit, signal } = context.operation;
  const records: StepRecord[] = [];
  for (const [index, step] of steps.entries()) {
    signal?.throwIfAborted();
    const prediction = (await explainer?.predict(step)) ?? null;
    const startMs = clock.nowMs();
    const id = `lab step ${index + 1}`;
    const title = step.refused === null ? step.text : `${step.text}, which has to be refused`;
    emit({ type: 'lab.step', id, text: title });
    const ended = await runStep(context, step);
    const durationMs = clock.nowMs() - startMs;
    if (step.operates && ended.outcome === 'done') context.recorder.operation(step.text, null, startMs);
    emit({ type: 'lab.step.ended', id, text: title, durationMs, ...ended });
    const record = { text: title, prediction, ...ended, startMs, durationMs };
    records.push(record);
    explainer?.tell(record);
    if (ended.outcome !== 'done') break;
  }
  return records;
}
