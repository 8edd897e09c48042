import { describe, expect, it } from 'vitest';
import type { HalabEvent } from '../../../src/events/events.js';
import { chooseReporter } from '../../../src/ui/choose-reporter.js';
import { fakeOutput } from '../../support/run-cli.js';

const events: HalabEvent[] = [
  { type: 'operation.started', operation: 'up', stack: 'halab' },
  { type: 'step.started', id: 'a', title: 'start redis', node: 'redis' },
  { type: 'step.progress', id: 'a', message: 'pulling' },
  { type: 'step.done', id: 'a', durationMs: 1234, detail: 'port 6379' },
  { type: 'step.started', id: 'b', title: 'start haproxy' },
  { type: 'step.failed', id: 'b', message: 'it ended' },
  { type: 'note', severity: 'warning', message: 'db-primary stays stopped.' },
];

async function reported(env: NodeJS.ProcessEnv, isTTY = false, columns = 80): Promise<string> {
  const output = fakeOutput({ isTTY, columns });
  const { report, stop } = chooseReporter(output.stream, env);
  for (const event of events) report(event);
  stop();
  await new Promise((resolve) => setImmediate(resolve));
  return output.text();
}

describe('progress', () => {
  it('is one line a step where there is no terminal, without escape codes', async () => {
    expect(await reported({})).toBe(
      [
        'start redis: 1.23 s (port 6379)',
        'start haproxy: failed: it ended',
        'warning: db-primary stays stopped.',
        '',
      ].join('\n'),
    );
  });

  it('is every event as one line of JSON when a program asks for it', async () => {
    const lines = (await reported({ HALAB_PROGRESS: 'ndjson' })).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as HalabEvent)).toEqual(events);
  });

  it('is nothing when nobody wants it', async () => {
    expect(await reported({ HALAB_PROGRESS: 'none' })).toBe('');
  });

  it('is plain in a terminal that cannot move its cursor', async () => {
    expect(await reported({ TERM: 'dumb' }, true)).toBe(await reported({}));
  });

  it('is plain in a terminal that was given no size', async () => {
    expect(await reported({}, true, 0)).toBe(await reported({}));
  });
});
