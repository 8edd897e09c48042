import type { Connection } from './connection.js';
import type { DeathWatch, Labels } from './engine.js';
import { labelFilter } from './label-filter.js';
import { splitLines } from './logs.js';

/** The part of an event that is read (Docker Engine API, "Monitor events"). */
interface ContainerEvent {
  Action: 'die' | 'start';
  id: string;
}

/** Listens to what the engine tells of the containers with these labels. */
export function watchDeaths({ docker }: Connection, labels: Labels): DeathWatch {
  const dead = new Set<string>();
  const waiting = new Map<string, () => void>();
  const ending = new AbortController();
  const onEvent = (line: string): void => {
    const { Action, id } = JSON.parse(line) as ContainerEvent;
    if (Action === 'start') {
      dead.delete(id);
      return;
    }
    dead.add(id);
    waiting.get(id)?.();
  };
  const listen = async (): Promise<void> => {
    const events = await docker.getEvents({
      filters: labelFilter(labels, { type: ['container'], event: ['die', 'start'] }),
      abortSignal: ending.signal,
    });
    events.on('error', () => undefined).pipe(splitLines(onEvent));
  };
  // Nothing depends on it: who waits for a death also waits for the engine's answer to a stop.
  listen().catch(() => undefined);
  return {
    died: (id) =>
      new Promise((resolve) => {
        if (dead.has(id)) resolve();
        else waiting.set(id, resolve);
      }),
    [Symbol.dispose]: () => {
      ending.abort();
    },
  };
}
