import type { StepRecord } from '../labs/record.js';
import { formatMs } from './format.js';
import type { Style } from './style.js';
import { wrap } from './wrap.js';

/** What is asked before a step. */
export const questionOf = (
  { text, question }: { text: string; question: string | null },
  { paint }: Style,
): string => `${paint.bold(`Next: ${text}.`)} ${question ?? 'What will happen to writes and reads?'}`;

/** What happened, beside what was foretold. */
export function toldAfter({ prediction, observed, durationMs }: StepRecord, { columns }: Style): string {
  const lines = [
    ...(prediction === null ? [] : [`  You said: ${prediction}`]),
    `  It was:   ${observed === '' ? 'as announced' : observed} (${formatMs(durationMs)})`,
  ];
  return `${lines.map((line) => wrap(line, columns - 2, '    ')).join('\n')}\n\n`;
}
