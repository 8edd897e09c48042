import type { LedgerVerdict } from '../../measure/judge-ledger.js';
import type { WatchFigures } from '../../measure/watch.js';
import type { Window } from '../record.js';

type Unit = 'ms' | 'count';

/** What a run has measured, as far as assertions ask for it. */
export interface Measured {
  whole: WatchFigures;
  windows: readonly Window[];
  ledger: LedgerVerdict | null;
}

interface Figure {
  unit: Unit;
  /** Null where there is nothing to tell it from. */
  readonly of: (figures: WatchFigures, ledger: LedgerVerdict | null) => number | null;
  /** Known of the whole run only: the final read does not tell when. */
  wholeOnly?: true;
}

const ms = (of: Figure['of']): Figure => ({ unit: 'ms', of });
const count = (of: Figure['of']): Figure => ({ unit: 'count', of });
const atTheEnd = (of: (ledger: LedgerVerdict) => number | null): Figure => ({
  unit: 'count',
  of: (_, ledger) => (ledger === null ? null : of(ledger)),
  wholeOnly: true,
});

/** What an assertion can ask for, by the name that it has in a lab's file. */
const figures: Readonly<Record<string, Figure>> = {
  'write outage': ms(({ outage }) => outage.writeMs),
  'read outage': ms(({ outage }) => outage.readMs),
  resolution: ms(({ outage }) => outage.resolutionMs),
  'write outage through the proxy': ms(({ outage }) => outage.byPath.proxy?.outageMs ?? null),
  'write outage through the API': ms(({ outage }) => outage.byPath.api?.outageMs ?? null),
  'attempted writes': count(({ writes }) => writes.attempted),
  'acknowledged writes': count(({ writes }) => writes.acknowledged),
  'failed writes': count(({ writes }) => writes.failed),
  'indeterminate writes': count(({ writes }) => writes.indeterminate),
  'acknowledged writes through the proxy': count(({ writes }) => writes.byPath.proxy?.acknowledged ?? 0),
  'acknowledged writes through the API': count(({ writes }) => writes.byPath.api?.acknowledged ?? 0),
  'acknowledged direct writes': count(({ writes }) => writes.byPath.direct?.acknowledged ?? 0),
  'write p50': ms(({ latency }) => latency.write?.p50Ms ?? null),
  'write p90': ms(({ latency }) => latency.write?.p90Ms ?? null),
  'write p99': ms(({ latency }) => latency.write?.p99Ms ?? null),
  'slowest write': ms(({ latency }) => latency.write?.maxMs ?? null),
  'good reads': count(({ reads }) => reads.good),
  'failed reads': count(({ reads }) => reads.failed),
  'reads from cache': count(({ reads }) => reads.bySource.cache),
  'reads from replica': count(({ reads }) => reads.bySource.replica),
  'reads from primary': count(({ reads }) => reads.bySource.primary),
  'stale reads': count(({ reads }) => reads.stale),
  'stale reads from cache': count(({ reads }) => reads.staleBySource.cache),
  'stale reads from replica': count(({ reads }) => reads.staleBySource.replica),
  'oldest stale read': ms(({ reads }) => reads.oldestStaleMs),
  'read p50': ms(({ latency }) => latency.read?.p50Ms ?? null),
  'read p90': ms(({ latency }) => latency.read?.p90Ms ?? null),
  'read p99': ms(({ latency }) => latency.read?.p99Ms ?? null),
  'slowest read': ms(({ latency }) => latency.read?.maxMs ?? null),
  'acknowledged updates': count(({ updates }) => updates.acknowledged),
  'failed updates': count(({ updates }) => updates.failed),
  lost: count((figures, ledger) =>
    ledger === null
      ? null
      : 'name' in figures
        ? (ledger.lostByPart[String(figures.name)] ?? null)
        : ledger.lost,
  ),
  recovered: atTheEnd(({ recovered }) => recovered),
  unexpected: atTheEnd(({ unexpected }) => unexpected),
};

/** What steps bring, each with the step that does. */
const figuresOfSteps: Readonly<Record<string, Unit>> = {
  /** rejoin */
  'discarded transactions': 'count',
  'discarded writes': 'count',
  /** switchover */
  pause: 'ms',
  /** fetch, count */
  queries: 'count',
  answers: 'count',
  /** insert */
  inserted: 'count',
  refused: 'count',
};

export const figureNames: readonly string[] = [...Object.keys(figures), ...Object.keys(figuresOfSteps)];

export const unitOf = (name: string): Unit | undefined => figures[name]?.unit ?? figuresOfSteps[name];
export const isOfWholeRun = (name: string): boolean => figures[name]?.wholeOnly === true;

/** @param window of the whole run when it is left out. Null for what was not measured. */
export function figureOf({ whole, windows, ledger }: Measured, name: string, window?: string): number | null {
  const within = window === undefined ? undefined : windows.find((each) => each.name === window);
  if (window !== undefined && within === undefined) return null;
  const figure = figures[name];
  if (figure !== undefined) return figure.of(within ?? whole, ledger);
  // Of the whole run, the last step that brought one.
  return (
    within?.extra[name] ??
    (window === undefined ? windows.findLast(({ extra }) => name in extra)?.extra[name] : null) ??
    null
  );
}
