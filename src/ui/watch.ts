import type { Clock } from '../clock/clock.js';
import { HalabError } from '../errors/halab-error.js';
import { renderError } from './render-error.js';
import { type Style, styleFor } from './style.js';

interface WatchOptions {
  output: NodeJS.WriteStream;
  env: NodeJS.ProcessEnv;
  clock: Clock;
  /** Its abortion is the normal end of a watch. */
  signal: AbortSignal;
  /** Whether pictures may be drawn over each other; they are in a terminal only. */
  inPlace: boolean;
  intervalMs?: number;
}

/** Shows one picture after another, until it is closed. */
interface Screen {
  readonly show: (picture: string) => void;
  readonly close: () => void;
}

const escape = {
  // The other screen buffer keeps the user's scrollback; without line wrap a long line cannot shift the picture.
  enter: '\x1b[?1049h\x1b[?25l\x1b[?7l',
  leave: '\x1b[?7h\x1b[?25h\x1b[?1049l',
  home: '\x1b[H',
  clearLine: '\x1b[K',
  clearBelow: '\x1b[J',
  // Terminals that know it show the picture when it is whole; others ignore it.
  beginUpdate: '\x1b[?2026h',
  endUpdate: '\x1b[?2026l',
} as const;

/** Draws each picture over the last one: nothing is cleared first, so nothing flickers. */
function terminalScreen(output: NodeJS.WriteStream): Screen {
  let last = '';
  const draw = (): void => {
    const lines = last.trimEnd().split('\n');
    const rows = output.rows;
    const visible = lines.length > rows ? [...lines.slice(0, rows - 1), '…'] : lines;
    output.write(
      `${escape.beginUpdate}${escape.home}${visible.map((line) => `${line}${escape.clearLine}`).join('\r\n')}${escape.clearBelow}${escape.endUpdate}`,
    );
  };
  const restore = (): void => {
    output.write(escape.leave);
  };
  output.write(escape.enter);
  output.on('resize', draw);
  // A second Ctrl-C ends the process at once; the terminal must be usable then too.
  process.once('exit', restore);
  return {
    show: (picture) => {
      last = picture;
      draw();
    },
    close: () => {
      process.off('exit', restore);
      output.off('resize', draw);
      // What was seen last stays in the scrollback.
      output.write(`${escape.leave}${last}`);
    },
  };
}

/** For a pipe: one picture after another. */
const pipeScreen = (output: NodeJS.WriteStream): Screen => ({
  show: (picture) => {
    output.write(picture);
  },
  close: () => undefined,
});

/** The same promise, given up when the signal comes. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    aborted.catch(() => undefined);
  }
}

/**
 * Looks and draws, again and again, until the signal comes: that is its normal end. In a terminal each picture
 * takes the place of the last one; elsewhere they follow each other. An error while looking is shown in place.
 *
 * @throws what the very first look throws
 */
export async function watch(
  { output, env, clock, signal, inPlace, intervalMs = 1000 }: WatchOptions,
  look: (style: Style) => Promise<string>,
): Promise<void> {
  const pictureNow = async (): Promise<string> => await look(styleFor(output, env));
  const errorPicture = (error: unknown): string => {
    if (!(error instanceof HalabError)) throw error;
    return `${renderError(error, styleFor(output, env))}\n`;
  };
  let screen: Screen | undefined;
  try {
    const first = await unlessAborted(pictureNow(), signal);
    screen = output.isTTY && inPlace ? terminalScreen(output) : pipeScreen(output);
    screen.show(first);
    for (;;) {
      await clock.sleep(intervalMs, signal);
      screen.show(await unlessAborted(pictureNow().catch(errorPicture), signal));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    screen?.close();
  }
}
