import { formatMs } from '../format.js';

/** A table of a report, for each of its formats. The first column names the row. */
export interface ReportTable {
  caption: string;
  header: readonly string[];
  rows: readonly (readonly string[])[];
  /** The columns that hold figures, counted from 0: they are aligned to the right. */
  right: readonly number[];
  /** Its first column holds sentences, and needs room beside a longer one. */
  prose?: true;
}

/** Columns of figures from one to another. */
export const columns = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);

/** What stands where there is no figure. */
export const dash = '–';

export const formatCount = (value: number | null | undefined): string =>
  value === null || value === undefined ? dash : Math.round(value).toLocaleString('en-US');

/** `2026-11-28 04:10:32 UTC`; what is no ISO 8601 time in UTC stays as it is. */
export const formatTime = (iso: string): string =>
  iso.replace(/^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d+)?Z$/, '$1 $2 UTC');

/** As `formatMs`, with three digits where a millisecond is too coarse. */
export function formatLatency(latencyMs: number | null | undefined): string {
  if (latencyMs === null || latencyMs === undefined) return dash;
  if (latencyMs >= 99.95) return formatMs(latencyMs);
  return `${latencyMs.toFixed(latencyMs >= 9.995 ? 1 : 2)} ms`;
}
