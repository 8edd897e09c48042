/** A time from a point of reference, with its sign: `+12 ms`, `−1.24 s`. */
export function formatOffset(offsetMs: number): string {
  const size = Math.abs(offsetMs);
  const sign = Math.round(offsetMs) < 0 ? '−' : '+';
  return size < 9_999.5 ? `${sign}${Math.round(size)} ms` : `${sign}${(size / 1000).toFixed(2)} s`;
}

interface OnClock {
  fromMs: number;
  whole: { faultMs: number | null };
}

/** What the moments of a record are counted from, on its clock: the first fault, or the start where there is none. */
export const originMs = ({ fromMs, whole }: OnClock): number => whole.faultMs ?? fromMs;

/** In words, for captions. */
export const originName = ({ whole }: OnClock): string =>
  whole.faultMs === null ? 'the start' : 'the first fault';
