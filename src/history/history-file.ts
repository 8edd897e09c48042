import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { History, HistoryEntry } from './history.js';

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** Undefined for a line that a crash cut off. */
function parseLine(text: string): HistoryEntry | undefined {
  try {
    return JSON.parse(text) as HistoryEntry;
  } catch {
    return undefined;
  }
}

/**
 * A file for each stack, a line of JSON for each entry, where programs keep what should outlive them:
 * `$XDG_STATE_HOME/halab`, by default `~/.local/state/halab` (XDG Base Directory Specification).
 */
export function historyFiles(env: NodeJS.ProcessEnv): History {
  const stateHome = env['XDG_STATE_HOME'];
  const directory = join(
    stateHome === undefined || stateHome === '' ? join(homedir(), '.local', 'state') : stateHome,
    'halab',
  );
  const fileOf = (stack: string): string => join(directory, `${stack}.history.jsonl`);
  return {
    append: async (stack, entry) => {
      const file = fileOf(stack);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      // One write in append mode: lines of commands that run side by side do not mix.
      // It begins with a line feed, so that it does not continue one that was cut off.
      await appendFile(file, `\n${JSON.stringify(entry)}\n`, { mode: 0o600 });
    },
    read: async (engineUrl, stack) => {
      const text = await readFile(fileOf(stack), 'utf8').catch((error: unknown) => {
        if (isMissing(error)) return '';
        throw error;
      });
      return text.split('\n').flatMap((each) => {
        const entry = each === '' ? undefined : parseLine(each);
        return entry?.engine === engineUrl ? [entry] : [];
      });
    },
  };
}
