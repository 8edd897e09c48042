import { typed } from '../errors/typed.js';
import type { StackSummary } from '../stack/list.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';

function nodesCell({ nodes, volumes }: StackSummary, { paint }: Style): string {
  if (nodes.total === 0) return paint.yellow(volumes.length > 0 ? 'data only' : 'leftover');
  const text = `${nodes.running}/${nodes.total}`;
  return nodes.running === nodes.total ? text : paint.yellow(text);
}

/** Every stack on the engine, one a line, and what to do with those that have no containers. */
export function renderList(stacks: readonly StackSummary[], style: Style): string {
  const { paint } = style;
  if (stacks.length === 0) return `There is no stack on the engine.\n${paint.cyan('→')} halab up\n`;
  const remnants = stacks.filter(({ nodes }) => nodes.total === 0);
  return [
    renderTable(
      ['STACK', 'TOPOLOGY', 'RUNNING', 'WRITES TO', 'PORTS'],
      stacks.map((stack) => [
        stack.lab === null ? stack.name : `${stack.name} (lab ${stack.lab})`,
        stack.topology ?? '–',
        nodesCell(stack, style),
        stack.writesTo ?? '–',
        [...new Set(Object.values(stack.ports))].join(' ') || '–',
      ]),
      style,
    ),
    ...remnants.flatMap(({ name, volumes }) => [
      '',
      volumes.length > 0
        ? `${name} has no containers; its data is kept in ${volumes.join(', ')}.`
        : `${name} has no containers, only a network that an interrupted command left.`,
      ...(volumes.length > 0
        ? [`  ${paint.cyan('→')} ${typed(name, 'up')}   ${paint.dim('# goes on with the data')}`]
        : []),
      `  ${paint.cyan('→')} ${typed(name, 'down')}   ${paint.dim('# removes what is left')}`,
    ]),
    '',
  ].join('\n');
}
