import type { Clock } from '../../clock/clock.js';
import type { Emit, HalabEvent } from '../../events/events.js';
import type { Band, Moment } from '../record.js';

/** An event with its time on the run's clock. */
export type TimedEvent = HalabEvent & { atMs: number };

/** What becomes a moment when its phase ends, in the words of the report. */
const phaseMoments: Readonly<Record<string, string>> = {
  'stop old primary': 'old primary stopped, says the engine',
  promote: 'replica promoted',
  'point proxy': 'proxy repointed',
  'resume pooler': 'pooler resumed',
};

/** Keeps what happened in a run, and when. */
export class RunRecorder {
  readonly #clock: Clock;
  readonly #onEvent: (event: TimedEvent) => void;
  readonly #open = new Map<string, { title: string; node: string | null; fromMs: number }>();
  readonly #bands: Band[] = [];
  readonly #faults = new Map<string, Band>();
  readonly #moments: Moment[] = [];
  #announced: { id: string; name: string; node: string } | undefined;

  /** @param onEvent each event as it comes, for the evidence */
  constructor(clock: Clock, onEvent: (event: TimedEvent) => void) {
    this.#clock = clock;
    this.#onEvent = onEvent;
  }

  /** Passes events on, and notes the steps of operations as phases. */
  listen(emit: Emit): Emit {
    return (event) => {
      emit(event);
      // Four times a second, and in the ledger besides.
      if (event.type === 'load') return;
      const atMs = this.#clock.nowMs();
      this.#onEvent({ ...event, atMs });
      if (event.type === 'step.started') {
        if (event.id === this.#announced?.id) this.#begin(this.#announced, atMs);
        this.#open.set(event.id, { title: event.title, node: event.node ?? null, fromMs: atMs });
      } else if (event.type === 'step.done' || event.type === 'step.failed') {
        const begun = this.#open.get(event.id);
        this.#open.delete(event.id);
        if (begun === undefined) return;
        const { title: name, node, fromMs } = begun;
        this.#bands.push({ kind: 'phase', name, node, fromMs, untilMs: atMs });
        const moment = phaseMoments[name];
        if (moment !== undefined && event.type === 'step.done') this.moment(moment, atMs);
      }
    };
  }

  moment(name: string, atMs: number): void {
    this.#moments.push({ name, atMs });
  }

  /** An operation of halab that a step ran. */
  operation(name: string, node: string | null, fromMs: number): void {
    this.#bands.push({ kind: 'operation', name, node, fromMs, untilMs: this.#clock.nowMs() });
  }

  /** A fault is about to be injected: it begins with its own step, after the stack was looked at, or now when it has none. */
  faultComes(name: string, node: string): void {
    this.#announced = { id: `${name} ${node}`, name, node };
  }

  /** It is in force. */
  faultCame(): void {
    if (this.#announced !== undefined) this.#begin(this.#announced, this.#clock.nowMs());
  }

  #begin({ name, node }: { name: string; node: string }, fromMs: number): void {
    this.#announced = undefined;
    this.moment(`${name} ${node}`, fromMs);
    this.faultEnded(node);
    const band: Band = { kind: 'fault', name, node, fromMs, untilMs: fromMs };
    this.#faults.set(node, band);
    this.#bands.push(band);
  }

  /** @param node all of them when it is left out */
  faultEnded(node?: string): void {
    for (const [each, band] of this.#faults) {
      if (node !== undefined && each !== node) continue;
      band.untilMs = this.#clock.nowMs();
      this.#faults.delete(each);
    }
  }

  /** In the order in which they began; a fault that is in force still lasts until now. */
  bands(): Band[] {
    this.faultEnded();
    return this.#bands.toSorted((a, b) => a.fromMs - b.fromMs);
  }

  /** On the run's clock, in their order. */
  moments(): Moment[] {
    return this.#moments.toSorted((a, b) => a.atMs - b.atMs);
  }
}
