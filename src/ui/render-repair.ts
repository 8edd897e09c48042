import { typed } from '../errors/typed.js';
import type { RepairStep } from '../repair/plan-repair.js';
import type { RepairResult } from '../repair/repair.js';
import type { Style } from './style.js';

const stepLine = ({ action, node, why }: RepairStep, index: number): string =>
  `${index + 1}. ${action} ${node}: ${why}`;

/** The steps of a repair, and what is left. */
export function renderRepair(
  { stack, dryRun, steps, healthy, findings }: RepairResult,
  { paint }: Style,
): string {
  if (steps.length === 0 && healthy)
    return `${paint.green('✔')} Nothing to repair: the stack ${stack} is healthy.\n`;
  return [
    ...steps.map(stepLine),
    ...(dryRun
      ? [
          'These steps would be taken now, and more where one of them brings something to light; nothing was changed.',
        ]
      : healthy
        ? [`${paint.green('✔')} The stack ${stack} is healthy.`]
        : [
            `${paint.red('✖')} The stack ${stack} is not healthy:`,
            ...findings.map(({ message }) => `  ${message}`),
            `${paint.cyan('→')} ${typed(stack, 'status')}`,
          ]),
    '',
  ].join('\n');
}
