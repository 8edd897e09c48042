import type { Load, RunningWatch } from '../../measure/load.js';
import type { WatchFigures } from '../../measure/watch.js';
import type { Window } from '../record.js';

/** The parts of a run, one after the other, and the whole of it. */
export class RunWindows {
  readonly #load: Load;
  readonly #whole: RunningWatch;
  readonly #ended: Window[] = [];
  #current: { name: string; watch: RunningWatch; extra: Record<string, number> };

  /** The first part is called `start` and ends with the first window that a step opens. */
  constructor(load: Load) {
    this.#load = load;
    this.#whole = load.watch();
    this.#current = { name: 'start', watch: load.watch(), extra: {} };
  }

  open(name: string): void {
    this.#close();
    this.#current = { name, watch: this.#load.watch(), extra: {} };
  }

  /** Something is about to be broken. */
  markFault(): void {
    this.#whole.markFault();
    this.#current.watch.markFault();
  }

  /** A figure that a step brought to the part that runs. */
  note(figure: string, value: number): void {
    this.#current.extra[figure] = value;
  }

  /** @param untilMs when the clients were told to stop */
  end(untilMs: number): { whole: WatchFigures; windows: Window[] } {
    this.#close(untilMs);
    return { whole: this.#whole.end(untilMs), windows: this.#ended };
  }

  #close(untilMs?: number): void {
    const { name, watch, extra } = this.#current;
    this.#ended.push({ name, extra, ...watch.end(untilMs) });
  }
}
