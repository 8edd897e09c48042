import type { Style } from './style.js';
import { renderTable } from './table.js';
import { wrap } from './wrap.js';

export function renderLabs(labs: readonly { name: string; title: string }[], style: Style): string {
  const { paint } = style;
  return [
    renderTable(
      ['LAB', 'WHAT IT SHOWS'],
      labs.map(({ name, title }) => [name, title]),
      style,
    ),
    '',
    `${paint.cyan('→')} halab lab show NAME`,
    `${paint.cyan('→')} halab lab run NAME`,
    '',
  ].join('\n');
}

interface ShownLab {
  name: string;
  title: string;
  about: string;
  stack: { replicas: number; sync: string; pooler: boolean };
  steps: readonly string[];
  assertions: readonly string[];
  conclusion: string;
}

/** A lab before it is run. */
export function renderLabFile(lab: ShownLab, { paint, columns }: Style): string {
  const fit = (text: string, indent = ''): string => wrap(text.replaceAll('\n', ' '), columns - 2, indent);
  const { replicas, sync, pooler } = lab.stack;
  return [
    paint.bold(`Lab ${lab.name}: ${lab.title}`),
    '',
    fit(lab.about),
    '',
    `Stack: ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}, synchronous replication ${sync}${pooler ? ', with a pooler' : ''}`,
    '',
    ...lab.steps.map((text, index) => fit(`${String(index + 1).padStart(2)}. ${text}`, '    ')),
    '',
    ...lab.assertions.map((text) => `✔ ${text}`),
    '',
    fit(lab.conclusion),
    '',
    `${paint.cyan('→')} halab lab run ${lab.name}`,
    '',
  ].join('\n');
}

export const renderChecked = (
  labs: readonly { file: string; lab: string; steps: number; assertions: number }[],
  { paint }: Style,
): string =>
  labs
    .map(
      ({ file, lab, steps, assertions }) =>
        `${paint.green('✔')} ${file}: the lab ${lab}, ${steps} steps, ${assertions} assertions\n`,
    )
    .join('');

export const renderNewLab = (file: string, { paint }: Style): string =>
  [
    `${paint.green('✔')} ${file} is written.`,
    `${paint.cyan('→')} halab lab check ${file}`,
    `${paint.cyan('→')} halab lab run ${file.includes('/') ? file : `./${file}`}`,
    '',
  ].join('\n');
