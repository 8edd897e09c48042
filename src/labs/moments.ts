import type { WatchFigures } from '../measure/watch.js';
import type { Moment } from './record.js';

/** The moments of a run in their order, with those of the clients, counted from the first fault. Pure. */
export function momentsOf(noted: readonly Moment[], { faultMs, fromMs, outage }: WatchFigures): Moment[] {
  const ofClients: Moment[] =
    faultMs === null || outage.write === null
      ? []
      : [
          { name: 'last acknowledged write', atMs: outage.write.lastGoodMs },
          { name: 'first acknowledged write', atMs: outage.write.firstGoodMs },
        ].flatMap(({ name, atMs }) => (atMs === null ? [] : [{ name, atMs }]));
  const originMs = noted[0]?.atMs ?? faultMs ?? fromMs;
  return [...noted, ...ofClients]
    .map(({ name, atMs }) => ({ name, atMs: atMs - originMs }))
    .sort((a, b) => a.atMs - b.atMs);
}
