import type { WatchFigures } from '../../measure/watch.js';
import type { Band, Moment } from '../record.js';

/**
 * The moments of a run in their order, with those of the clients, counted from the first fault: from its own step, or where a
 * planned operation is the only thing that clients feel, from the mark that they were given. Pure.
 */
export function momentsOf(
  noted: readonly Moment[],
  bands: readonly Band[],
  { faultMs, fromMs, outage }: WatchFigures,
): Moment[] {
  const ofClients: Moment[] =
    faultMs === null || outage.write === null
      ? []
      : [
          { name: 'last acknowledged write', atMs: outage.write.lastGoodMs },
          { name: 'first acknowledged write', atMs: outage.write.firstGoodMs },
        ].flatMap(({ name, atMs }) => (atMs === null ? [] : [{ name, atMs }]));
  const firstFault = bands.find(({ kind }) => kind === 'fault');
  const originMs = firstFault?.fromMs ?? faultMs ?? fromMs;
  return [...noted, ...ofClients]
    .map(({ name, atMs }) => ({ name, atMs: atMs - originMs }))
    .sort((a, b) => a.atMs - b.atMs);
}
