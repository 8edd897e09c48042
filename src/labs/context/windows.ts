import type { ForkedLoad } from '../../measure/fork-load.js';
import type { WatchId } from '../../measure/load-service.js';
import type { WatchFigures } from '../../measure/watch.js';
import type { Window } from '../record.js';

/** The parts of a run, one after the other, and the whole of it. */
export class RunWindows {
  readonly #load: ForkedLoad;
  readonly #whole: WatchId;
  readonly #part: WatchId;
  readonly #ended: Window[] = [];
  #name = 'start';
  #extra: Record<string, number> = {};

  private constructor(load: ForkedLoad, whole: WatchId, part: WatchId) {
    this.#load = load;
    this.#whole = whole;
    this.#part = part;
  }

  /** The first part is called `start` and ends with the first window that a step opens. */
  static async begin(load: ForkedLoad): Promise<RunWindows> {
    const [whole, part] = await Promise.all([load.watch(), load.watch()]);
    return new RunWindows(load, whole, part);
  }

  async open(name: string): Promise<void> {
    this.#keep(await this.#load.renew(this.#part));
    this.#name = name;
    this.#extra = {};
  }

  /** Something is about to be broken. */
  async markFault(): Promise<void> {
    await Promise.all([this.#load.markFault(this.#whole), this.#load.markFault(this.#part)]);
  }

  /** A figure that a step brought to the part that runs; those of several steps are added up. */
  note(figure: string, value: number): void {
    this.#extra[figure] = (this.#extra[figure] ?? 0) + value;
  }

  /** @param untilMs when the clients were told to stop */
  async end(untilMs: number): Promise<{ whole: WatchFigures; windows: Window[] }> {
    this.#keep(await this.#load.end(this.#part, untilMs));
    return { whole: await this.#load.end(this.#whole, untilMs), windows: this.#ended };
  }

  #keep(figures: WatchFigures): void {
    this.#ended.push({ name: this.#name, extra: this.#extra, ...figures });
  }
}
