import type { NodeChange } from '../stack/control.js';
import { formatMs } from './format.js';
import { renderNext } from './render-next.js';
import type { Style } from './style.js';

/** What `stop`, `start` or `restart` did to a node, and the next command. */
export function renderChange(
  did: 'stopped' | 'started' | 'restarted',
  { node, before, after, role, durationMs, next }: NodeChange,
  style: Style,
): string {
  const { paint } = style;
  const nothing = (did === 'stopped' && before === after) || (did === 'started' && before === 'running');
  const as = role === null ? '' : ` as a ${role}`;
  const line = nothing
    ? did === 'stopped'
      ? `${node} was not running (${before}): nothing to do.`
      : `${node} was running and answers${as}: nothing to do.`
    : did === 'stopped'
      ? `${node} is stopped after ${formatMs(durationMs)}.`
      : `${node} is ${did} and answers${as} after ${formatMs(durationMs)}.`;
  return [`${paint.green('✔')} ${line}`, ...renderNext(next, style), ''].join('\n');
}
