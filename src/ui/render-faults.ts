import { typed } from '../errors/typed.js';
import type { Fault } from '../faults/fault.js';
import type { HealResult } from '../faults/heal.js';
import type { FaultResult } from '../faults/inject.js';
import { formatMs } from './format.js';
import { renderNext } from './render-next.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';

/** A fault that has taken effect, or was held and healed. */
export function renderFault({ fault, node, heldMs, next: commands }: FaultResult, style: Style): string {
  const { paint } = style;
  const line =
    heldMs === null
      ? `${paint.yellow('!')} ${fault} of ${paint.bold(node)} is in force.`
      : `${paint.green('✔')} ${fault} of ${paint.bold(node)} was held for ${formatMs(heldMs)} and is healed.`;
  return [line, ...renderNext(commands, style), ''].join('\n');
}

export function renderFaults(stack: string, faults: readonly Fault[], style: Style): string {
  if (faults.length === 0) return `No fault is in force in the stack ${stack}.\n`;
  return [
    renderTable(
      ['FAULT', 'NODE', 'WHAT IT MEANS'],
      faults.map(({ fault, node, detail }) => [fault, node, detail]),
      style,
    ),
    '',
    ...renderNext([typed(stack, 'heal')], style),
    '',
  ].join('\n');
}

export const renderHeal = ({ healed, next: commands }: HealResult, style: Style): string =>
  [
    ...healed.map(({ fault, node }) => `${style.paint.green('✔')} ${node} is healed (${fault}).`),
    ...renderNext(commands, style),
    '',
  ].join('\n');
