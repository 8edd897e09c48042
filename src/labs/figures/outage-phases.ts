import type { Band, LabRecord } from '../record.js';

/** A piece of an outage: what halab was at meanwhile. */
export interface OutagePhase {
  /** The name of a phase; null where none was under way. */
  phase: string | null;
  /** Of those without a phase: before the first one, between two, or after the last. */
  when: 'before' | 'during' | 'between' | 'after';
  durationMs: number;
}

interface Span {
  fromMs: number;
  untilMs: number;
}

/** Between two phases of which one waits for the other lies less than this: it belongs to the first. */
const shortestPauseMs = 0.5;

/** From the last acknowledged write to the next one, on the run's clock; null without a write outage. */
function writeOutageSpan({ whole }: LabRecord): Span | null {
  const { write } = whole.outage;
  if (write === null) return null;
  const fromMs = write.lastGoodMs ?? whole.fromMs;
  return { fromMs, untilMs: write.firstGoodMs ?? fromMs + write.outageMs };
}

/**
 * Cuts the write outage at the beginnings and ends of the phases that were under way. Where two are at once the one that
 * began later counts: it is what the other led to. Pieces of one name that follow each other are one.
 *
 * @returns pieces in the order of time; their durations add up to the outage. Empty without one. Pure.
 */
export function outagePhases(record: LabRecord): OutagePhase[] {
  const outage = writeOutageSpan(record);
  if (outage === null) return [];
  const phases = record.bands.filter(
    ({ kind, fromMs, untilMs }) =>
      kind === 'phase' && untilMs > fromMs && fromMs < outage.untilMs && untilMs > outage.fromMs,
  );
  const inside = (atMs: number): boolean => atMs > outage.fromMs && atMs < outage.untilMs;
  const cuts = [
    ...new Set([
      outage.fromMs,
      ...phases.flatMap(({ fromMs, untilMs }) => [fromMs, untilMs]).filter(inside),
      outage.untilMs,
    ]),
  ].sort((a, b) => a - b);
  const pieces: OutagePhase[] = [];
  for (const [index, fromMs] of cuts.entries()) {
    const untilMs = cuts[index + 1];
    if (untilMs === undefined) break;
    const piece = pieceAt((fromMs + untilMs) / 2, phases, untilMs - fromMs);
    const before = pieces.at(-1);
    const isSame = before?.phase === piece.phase && before.when === piece.when;
    const isPause = piece.when === 'between' && piece.durationMs < shortestPauseMs;
    if (before !== undefined && (isSame || isPause)) before.durationMs += piece.durationMs;
    else pieces.push(piece);
  }
  return pieces;
}

function pieceAt(atMs: number, phases: readonly Band[], durationMs: number): OutagePhase {
  const under = phases
    .filter(({ fromMs, untilMs }) => fromMs <= atMs && untilMs > atMs)
    .reduce<Band | undefined>(
      (latest, band) => ((latest?.fromMs ?? -Infinity) > band.fromMs ? latest : band),
      undefined,
    );
  if (under !== undefined) return { phase: under.name, when: 'during', durationMs };
  const isBefore = phases.every(({ fromMs }) => fromMs > atMs);
  const isAfter = phases.every(({ untilMs }) => untilMs <= atMs);
  // Without any phase the whole outage is a time before one.
  return { phase: null, when: isBefore ? 'before' : isAfter ? 'after' : 'between', durationMs };
}
