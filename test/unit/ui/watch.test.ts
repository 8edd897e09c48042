import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/clock/clock.js';
import { HalabError } from '../../../src/errors/halab-error.js';
import { watch } from '../../../src/ui/watch.js';
import { fakeOutput } from '../../support/run-cli.js';

interface Watching {
  /** One after another; an error is thrown by that look. Ctrl-C comes in the pause after the last. */
  pictures: readonly (string | Error)[];
  isTTY?: boolean;
  inPlace?: boolean;
  rows?: number;
}

async function watched({ pictures, isTTY = false, inPlace = true, rows = 24 }: Watching): Promise<string> {
  const output = fakeOutput({ isTTY, columns: 80, rows });
  const controller = new AbortController();
  const left = [...pictures];
  const clock: Clock = {
    nowMs: () => 0,
    date: () => new Date(0),
    sleep: (_durationMs, signal) => {
      if (left.length > 0) return Promise.resolve();
      controller.abort(new HalabError('INTERRUPTED', 'Interrupted.'));
      return Promise.reject(signal?.reason as Error);
    },
  };
  const options = {
    output: output.stream,
    env: { NO_COLOR: '1' },
    clock,
    signal: controller.signal,
    inPlace,
  };
  await watch(options, () => {
    const next = left.shift() ?? '';
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  });
  await new Promise((resolve) => setImmediate(resolve));
  return output.text();
}

const gone = new HalabError('ENGINE_UNREACHABLE', 'No engine answers.', { hint: 'Start it.' });

describe('a watch', () => {
  it('prints one picture after another into a pipe, without escape codes', async () => {
    expect(await watched({ pictures: ['one\n', 'two\n'] })).toBe('one\ntwo\n');
  });

  it('ends without an error when Ctrl-C comes', async () => {
    await expect(watched({ pictures: ['one\n'] })).resolves.toBe('one\n');
  });

  it('draws over the last picture in a terminal and never clears the screen', async () => {
    const text = await watched({ pictures: ['one\n', 'two\n'], isTTY: true });
    expect(text).not.toContain('\x1b[2J');
    expect(text.split('\x1b[H')).toHaveLength(3);
    expect(text).toContain('two\x1b[K\x1b[J');
  });

  it('gives the terminal back as it was, with the last picture in the scrollback', async () => {
    const text = await watched({ pictures: ['one\n', 'two\n'], isTTY: true });
    expect(text).toContain('\x1b[?25l');
    expect(text.endsWith('\x1b[?7h\x1b[?25h\x1b[?1049ltwo\n')).toBe(true);
  });

  it('cuts a picture that is higher than the terminal instead of scrolling', async () => {
    const text = await watched({ pictures: ['1\n2\n3\n4\n5\n'], isTTY: true, rows: 3 });
    const [, drawn = ''] = text.split('\x1b[H');
    expect(drawn.split('\x1b[?1049l')[0]?.split('\r\n')).toHaveLength(3);
    expect(drawn).toContain('…');
  });

  it('follows each other in a terminal too when the pictures are data', async () => {
    expect(await watched({ pictures: ['{}\n', '{}\n'], isTTY: true, inPlace: false })).toBe('{}\n{}\n');
  });

  it('shows an error in place and goes on looking', async () => {
    const text = await watched({ pictures: ['one\n', gone, 'three\n'] });
    expect(text).toContain('✖ No engine answers. [ENGINE_UNREACHABLE]\n→ Start it.');
    expect(text.endsWith('three\n')).toBe(true);
  });

  it('throws what the first look throws', async () => {
    await expect(watched({ pictures: [gone] })).rejects.toBe(gone);
  });

  it('throws an error that halab does not know, also later, and gives the terminal back', async () => {
    await expect(watched({ pictures: ['one\n', new Error('defect')], isTTY: true })).rejects.toThrow(
      'defect',
    );
  });
});
