import type { Check, Diagnosis } from '../stack/doctor.js';
import type { Style } from './style.js';
import { wrap } from './wrap.js';

function mark(status: Check['status'], { paint }: Style): string {
  switch (status) {
    case 'ok':
      return paint.green('✔');
    case 'warning':
      return paint.yellow('!');
    case 'broken':
      return paint.red('✖');
    case 'unknown':
      return paint.dim('?');
  }
}

/** One line a check, its remedy under it, and a verdict. */
export function renderDoctor({ usable, checks }: Diagnosis, style: Style): string {
  const { paint } = style;
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  const indent = ' '.repeat(nameWidth + 4);
  const width = Math.min(style.columns, 100) - indent.length;
  const warnings = checks.filter(({ status }) => status === 'warning').length;
  const aside = warnings === 0 ? '' : `, with ${warnings} warning${warnings === 1 ? '' : 's'}`;
  return [
    ...checks.flatMap(({ name, status, message, hint }) => [
      `${mark(status, style)} ${name.padEnd(nameWidth)}  ${wrap(message, width, indent)}`,
      ...(hint === null ? [] : [`${indent}${paint.cyan('→')} ${wrap(hint, width - 2, `${indent}  `)}`]),
    ]),
    '',
    usable
      ? `A stack can be started${aside}.`
      : paint.red('No stack can be started until what is marked ✖ is mended.'),
    '',
  ].join('\n');
}
