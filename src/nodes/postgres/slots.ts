import type { PostgresSession } from './client.js';
import { slotName } from './kind.js';

/**
 * Slots on the primary for nodes that may follow it later. One that is there stays, unless it has lost WAL: that one
 * was left from when this server followed, and would refuse its replica.
 */
export async function createSlots(
  session: PostgresSession,
  nodes: readonly { name: string }[],
): Promise<void> {
  for (const { name } of nodes) {
    await session.query(
      `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
       WHERE slot_name = $1 AND wal_status = 'lost'`,
      [slotName(name)],
    );
    await session.query(
      `SELECT pg_create_physical_replication_slot($1, true)
       WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1)`,
      [slotName(name)],
    );
  }
}

/** @throws what pg throws while the slot is in use (SQLSTATE 55006) */
export async function dropSlot(session: PostgresSession, node: string): Promise<void> {
  await session.query(
    'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1',
    [slotName(node)],
  );
}
