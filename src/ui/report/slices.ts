import type { Timeline } from '../../measure/timeline.js';

/** On the run's clock. */
export interface TimeRange {
  fromMs: number;
  untilMs: number;
}

/** A piece of the time axis with what ended in it. */
export interface Slice extends TimeRange {
  writesASecond: number;
  readsASecond: number;
  writesFailed: number;
  writesIndeterminate: number;
  readsFailed: number;
  readsStale: number;
}

/** With more, a slice would be narrower than a picture shows. */
const maxSlices = 380;

/** The slices of a timeline that lie in a range, joined until they are few enough to be drawn. */
export function slicesOf(timeline: Timeline, { fromMs, untilMs }: TimeRange): Slice[] {
  const { bucketMs } = timeline;
  const length = timeline.writesAcknowledged.length;
  const first = Math.max(0, Math.floor((fromMs - timeline.fromMs) / bucketMs));
  const last = Math.min(length, Math.ceil((untilMs - timeline.fromMs) / bucketMs));
  const joined = Math.max(1, Math.ceil((last - first) / maxSlices));
  const slices: Slice[] = [];
  for (let index = first; index < last; index += joined) {
    const end = Math.min(last, index + joined);
    const sum = (series: readonly number[]): number =>
      series.slice(index, end).reduce((total, value) => total + value, 0);
    const seconds = ((end - index) * bucketMs) / 1000;
    slices.push({
      fromMs: timeline.fromMs + index * bucketMs,
      untilMs: timeline.fromMs + end * bucketMs,
      writesASecond: sum(timeline.writesAcknowledged) / seconds,
      readsASecond: sum(timeline.readsGood) / seconds,
      writesFailed: sum(timeline.writesFailed),
      writesIndeterminate: sum(timeline.writesIndeterminate),
      readsFailed: sum(timeline.readsFailed),
      readsStale: sum(timeline.readsStale),
    });
  }
  return slices;
}
