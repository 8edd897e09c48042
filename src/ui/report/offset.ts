import type { LabRecord } from '../../labs/record.js';

/** A time from a point of reference, with its sign: `+12 ms`, `−1.24 s`. */
export function formatOffset(offsetMs: number): string {
  const size = Math.abs(offsetMs);
  const sign = Math.round(offsetMs) < 0 ? '−' : '+';
  return size < 9_999.5 ? `${sign}${Math.round(size)} ms` : `${sign}${(size / 1000).toFixed(2)} s`;
}

type OnClock = Pick<LabRecord, 'fromMs' | 'bands'> & { whole: { faultMs: number | null } };

/**
 * What the moments of a record are counted from, on its clock: the first fault, or the start where there is none. The band of a
 * fault begins with its own step; `faultMs` is the mark that the clients were given, a look at the stack earlier.
 */
export function originMs({ fromMs, bands, whole }: OnClock): number {
  const faults = bands.filter(({ kind }) => kind === 'fault').map((band) => band.fromMs);
  return faults.length > 0 ? Math.min(...faults) : (whole.faultMs ?? fromMs);
}

/** In words, for captions. */
export const originName = ({ bands, whole }: OnClock): string =>
  whole.faultMs === null && bands.every(({ kind }) => kind !== 'fault') ? 'the start' : 'the first fault';
