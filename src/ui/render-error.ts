import type { HalabError } from '../errors/halab-error.js';
import type { Style } from './style.js';

/** What happened, the lines that belong to it, then how to solve it. */
export function renderError({ message, hint, lines, code }: HalabError, { paint }: Style): string {
  return [
    ...lines.map((line) => paint.dim(`  │ ${line}`)),
    `${paint.red('✖')} ${message} ${paint.dim(`[${code}]`)}`,
    `${paint.cyan('→')} ${hint}`,
    '',
  ].join('\n');
}
