import { describeError } from './database-errors.js';

export type DependencyName = 'primary' | 'replica' | 'redis';

export interface DependencyChange {
  dependency: DependencyName;
  state: 'up' | 'down';
  at: Date;
  /** The last error seen, which stays when the dependency is up again; null when there was none. */
  lastError: string | null;
}

/** As told by `/readyz`. */
export interface DependencyReport {
  state: 'up' | 'down';
  /** ISO 8601: since when it has been so. */
  since: string;
  lastError: string | null;
}

/**
 * Whether one dependency can be used. Presumed up until something fails. A change is told once, however
 * many requests see it.
 */
export class DependencyState {
  readonly name: DependencyName;
  readonly #onChange: ((change: DependencyChange) => void) | undefined;
  #state: 'up' | 'down' = 'up';
  #since = new Date();
  #lastError: string | null = null;
  #failures = 0;

  constructor(name: DependencyName, onChange?: (change: DependencyChange) => void) {
    this.name = name;
    this.#onChange = onChange;
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }

  /** To be taken before an attempt and given to `up`: a success that began before a later failure proves nothing. */
  mark(): number {
    return this.#failures;
  }

  up(mark: number): void {
    if (mark === this.#failures) this.#become('up');
  }

  down(error: unknown): void {
    this.#failures += 1;
    this.note(error);
    this.#become('down');
  }

  /** Keeps an error that does not yet prove the dependency to be down. */
  note(error: unknown): void {
    this.#lastError = describeError(error);
  }

  report(): DependencyReport {
    return { state: this.#state, since: this.#since.toISOString(), lastError: this.#lastError };
  }

  #become(state: 'up' | 'down'): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#since = new Date();
    this.#onChange?.({ dependency: this.name, state, at: this.#since, lastError: this.#lastError });
  }
}
