import { slotName } from '../nodes/postgres/kind.js';
import type { LagRow, Snapshot } from './snapshot.js';

/** The replication lag table, from the primary's own views; one row a slot or a connection. */
export function lagRows({ detail }: Snapshot): LagRow[] {
  const { standbys, slots } = detail;
  const rows = standbys.map(
    ({ name, ...standby }): LagRow => ({
      ...standby,
      standby: name,
      slot: slots.find((slot) => slot.name === slotName(name)) ?? null,
    }),
  );
  const absent = slots.filter(({ name }) => rows.every(({ slot }) => slot?.name !== name));
  return [
    ...rows,
    ...absent.map(
      (slot): LagRow => ({
        standby: slot.name.replaceAll('_', '-'),
        state: 'not streaming',
        syncState: null,
        sentLsn: null,
        flushLsn: null,
        replayLsn: null,
        sentLagBytes: null,
        flushLagBytes: null,
        replayLagBytes: slot.retainedBytes,
        flushLagMs: null,
        replayLagMs: null,
        slot,
      }),
    ),
  ];
}
