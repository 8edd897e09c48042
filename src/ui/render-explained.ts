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
export function toldAfter(
  { text, prediction, observed, durationMs }: StepRecord,
  { columns }: Style,
): string {
  if (observed === '') return `${wrap(text, columns - 2, '  ')}\n\n`;
  const lines = [
    ...(prediction === null ? [text] : []),
    ...(prediction === null ? [] : [`  You said: ${prediction}`]),
    `  It was:   ${observed} (${formatMs(durationMs)})`,
  ];
  return `${lines.map((line) => wrap(line, columns - 2, '    ')).join('\n')}\n\n`;
}
