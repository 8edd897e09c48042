import type { Timeline } from '../../measure/timeline.js';

const isAny = (...series: readonly (readonly number[])[]): boolean =>
  series.some((counts) => counts.some((count) => count > 0));

/** Whether clients wrote, and whether they read: what nobody did is not shown as a row of zeros. */
export const activityOf = (timeline: Timeline): { wrote: boolean; read: boolean } => ({
  wrote: isAny(timeline.writesAcknowledged, timeline.writesFailed, timeline.writesIndeterminate),
  read: isAny(timeline.readsGood, timeline.readsFailed),
});
