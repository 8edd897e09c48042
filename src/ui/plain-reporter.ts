import type { HalabEvent } from '../events/events.js';
import { formatMs } from './format.js';
import type { Reporter } from './reporter.js';

/** One line an event, for logs and CI: no cursor movement, no colour. */
export function plainReporter(write: (text: string) => void): Reporter {
  const titles = new Map<string, string>();
  const line = (event: HalabEvent): string | undefined => {
    switch (event.type) {
      case 'step.started':
        titles.set(event.id, event.title);
        return undefined;
      case 'step.done':
        return `${titles.get(event.id) ?? event.id}: ${formatMs(event.durationMs)}${event.detail === undefined ? '' : ` (${event.detail})`}`;
      case 'step.failed':
        return `${titles.get(event.id) ?? event.id}: failed: ${event.message}`;
      case 'note':
        return event.severity === 'warning' ? `warning: ${event.message}` : event.message;
      case 'lab.step.ended':
        return `${event.outcome === 'done' ? '' : `${event.outcome}: `}${event.text}${event.observed === '' ? '' : `: ${event.observed}`}`;
      case 'lab.step':
      case 'operation.started':
      case 'step.progress':
      case 'load':
        return undefined;
    }
  };
  return {
    report: (event) => {
      const text = line(event);
      if (text !== undefined) write(`${text}\n`);
    },
    stop: () => undefined,
  };
}
