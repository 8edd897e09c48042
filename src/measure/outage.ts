/** When the run was watched, and when it was disturbed. All on the clock of the ledger. */
export interface ObservationMs {
  /** Since when every client was at work. */
  fromMs: number;
  /** The first fault. */
  faultMs: number;
  /** When the clients were told to stop. */
  untilMs: number;
}

/** A gap between two good operations, as the clients saw it. */
export interface Outage {
  outageMs: number;
  /** The last good operation before the gap; null when there was none since the observation began. */
  lastGoodMs: number | null;
  /** The first good operation after the gap; null when the gap lasts until the end of the observation. */
  firstGoodMs: number | null;
  /**
   * False when nothing good followed the fault, or the gap lasts until the end of the observation and is longer than the
   * resolution. The outage is at least `outageMs` then.
   */
  recovered: boolean;
  /**
   * The longest gap between good operations before the fault: what these clients leave unwatched when nothing is wrong.
   * An outage is known to within this, and one that is not longer cannot be told from none. The maximum and not a
   * percentile: it holds for any sample. Null when fewer than two good operations came before the fault.
   */
  resolutionMs: number | null;
}

/** Of the union of all paths, and of each path by itself. */
export interface Outages<Path extends string> {
  union: Outage;
  byPath: Partial<Record<Path, Outage>>;
}

/**
 * The outage across a fault: the longest time between two successive good completions, of all gaps that end
 * after the fault. The gap may begin before it (SIGKILL) or after it (a switchover, which the primary survives for a while).
 * The end of the observation closes the last gap. So the union's outage is at most each path's.
 *
 * @param goodMsByPath completion times of good operations, in any order; a path without clients is left out
 */
export function measureOutages<Path extends string>(
  goodMsByPath: Partial<Record<Path, readonly number[]>>,
  observation: ObservationMs,
): Outages<Path> {
  const paths = Object.entries(goodMsByPath as Record<string, readonly number[]>);
  const union = inOrder(
    paths.flatMap(([, times]) => times),
    observation,
  );
  // Answers that came while the clients stopped are good ones too, and the observation lasts until the last of them.
  const untilMs = Math.max(observation.untilMs, union.at(-1) ?? observation.untilMs);
  const outageOf = (times: Float64Array): Outage => longestGap(times, { ...observation, untilMs });
  const byPath = Object.fromEntries(
    paths.map(([path, times]) => [path, outageOf(inOrder(times, observation))]),
  );
  return { union: outageOf(union), byPath: byPath as Partial<Record<Path, Outage>> };
}

/** Those that belong to the observation. */
const inOrder = (times: readonly number[], { fromMs }: ObservationMs): Float64Array =>
  Float64Array.from(times.filter((atMs) => atMs >= fromMs)).sort();

function resolutionOf(times: Float64Array, { faultMs }: ObservationMs): number | null {
  let longestMs: number | null = null;
  let beforeMs: number | undefined;
  for (const atMs of times) {
    if (atMs > faultMs) break;
    if (beforeMs !== undefined) longestMs = Math.max(longestMs ?? 0, atMs - beforeMs);
    beforeMs = atMs;
  }
  return longestMs;
}

function longestGap(times: Float64Array, observation: ObservationMs): Outage {
  const { fromMs, faultMs, untilMs } = observation;
  const resolutionMs = resolutionOf(times, observation);
  let longest: Outage | undefined;
  let lastGoodMs: number | null = null;
  for (const atMs of times) {
    const gapMs = atMs - (lastGoodMs ?? fromMs);
    if (atMs > faultMs && (longest === undefined || gapMs > longest.outageMs)) {
      longest = { outageMs: gapMs, lastGoodMs, firstGoodMs: atMs, recovered: true, resolutionMs };
    }
    lastGoodMs = atMs;
  }
  const tailMs = Math.max(0, untilMs - (lastGoodMs ?? fromMs));
  if (longest !== undefined && tailMs <= longest.outageMs) return longest;
  // The clients stop between two operations: a last gap that is no longer than their usual ones shows nothing.
  const recovered = longest !== undefined && resolutionMs !== null && tailMs <= resolutionMs;
  return { outageMs: tailMs, lastGoodMs, firstGoodMs: null, recovered, resolutionMs };
}
