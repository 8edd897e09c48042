import type { Role } from '../node-kind.js';
import { queryOnce } from './client.js';
import type { SyncState } from './sync.js';
import type { EndedTimeline } from './timeline-history.js';
import type { PostgresAddress } from './url.js';

/** A standby's connection, as the primary sees it (pg_stat_replication) together with its slot. */
export interface StandbyState {
  /** application_name of the standby: the name of its node. */
  name: string;
  state: string;
  syncState: string;
  sentLsn: string | null;
  flushLsn: string | null;
  replayLsn: string | null;
  /** WAL written on the primary and not yet sent, flushed, replayed by the standby. */
  sentLagBytes: number | null;
  flushLagBytes: number | null;
  replayLagBytes: number | null;
  /** Time from the local flush of recent WAL to its flush and replay there; null when nothing was measured lately. */
  flushLagMs: number | null;
  replayLagMs: number | null;
}

export interface SlotState {
  name: string;
  active: boolean;
  /** WAL that the slot keeps on the primary. */
  retainedBytes: number | null;
  /** reserved, extended, unreserved or lost (pg_replication_slots.wal_status). */
  walStatus: string | null;
}

/** What one PostgreSQL server says of itself. */
export interface ServerState {
  role: Role;
  timeline: number;
  /** The timelines that its own descends from; none on the first. */
  endedTimelines: EndedTimeline[];
  /** A primary's insert position; a replica's last replayed position. */
  lsn: string;
  /** On a replica: the last position received, and whether it is connected to a primary now. */
  receivedLsn: string | null;
  walReceiver: { status: string; senderHost: string | null } | null;
  /** On a replica: time since the last replayed transaction was committed. */
  replayedAgoMs: number | null;
  /** On a replica: how late it replays on purpose, in milliseconds, and whether replay is paused. */
  replayDelay: { delayMs: number; paused: boolean } | null;
  /** After which the server ends an idle session of the application, as its files say; 0: never. */
  idleSessionTimeoutMs: number;
  /** On a primary. */
  standbys: StandbyState[];
  slots: SlotState[];
  /** What a primary waits for before it acknowledges a commit. */
  sync: SyncState;
}

/**
 * SQL for the timeline of the newest WAL that a server holds: a WAL file's name begins with it. pg_control learns of
 * a new timeline only at the next checkpoint, on a standby at the next restartpoint.
 */
export const newestTimeline = `(SELECT max(('x' || substr(name, 1, 8))::bit(32)::int)
  FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$')`;

/** SQL for whether a replica replays late on purpose, or not at all; false on a primary. */
export const replaysLate = `(pg_is_in_recovery() AND (pg_is_wal_replay_paused()
  OR current_setting('recovery_min_apply_delay') <> '0'))`;

// During recovery pg_walfile_name is not allowed.
const question = `
SELECT json_build_object(
  'role', CASE WHEN recovery THEN 'replica' ELSE 'primary' END,
  'timeline', CASE WHEN recovery
    THEN coalesce((SELECT received_tli FROM pg_stat_wal_receiver), ${newestTimeline})
    ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END,
  'endedTimelines', coalesce((
    SELECT json_agg(json_build_object('timeline', timeline, 'endLsn', end_lsn) ORDER BY timeline)
    FROM halab.ended_timelines()), '[]'),
  'lsn', lsn,
  'receivedLsn', CASE WHEN recovery THEN pg_last_wal_receive_lsn() END,
  'walReceiver', (SELECT json_build_object('status', status, 'senderHost', sender_host)
                  FROM pg_stat_wal_receiver WHERE status IS NOT NULL),
  'replayedAgoMs', CASE WHEN recovery
    THEN extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000 END,
  'replayDelay', CASE WHEN recovery THEN json_build_object(
    'delayMs', (SELECT setting::int FROM pg_settings WHERE name = 'recovery_min_apply_delay'),
    'paused', pg_is_wal_replay_paused()) END,
  'idleSessionTimeoutMs', coalesce(
    (SELECT max(setting::int) FROM pg_file_settings WHERE name = 'idle_session_timeout'), 0),
  'standbys', coalesce((
    SELECT json_agg(json_build_object(
      'name', application_name, 'state', state, 'syncState', sync_state,
      'sentLsn', sent_lsn, 'flushLsn', flush_lsn, 'replayLsn', replay_lsn,
      'sentLagBytes', greatest(lsn - sent_lsn, 0),
      'flushLagBytes', greatest(lsn - flush_lsn, 0),
      'replayLagBytes', greatest(lsn - replay_lsn, 0),
      'flushLagMs', extract(epoch FROM flush_lag) * 1000,
      'replayLagMs', extract(epoch FROM replay_lag) * 1000) ORDER BY application_name)
    FROM pg_stat_replication), '[]'),
  'sync', json_build_object(
    'mode', coalesce(nullif(current_setting('halab.sync', true), ''), 'off'),
    'names', current_setting('synchronous_standby_names')),
  'slots', coalesce((
    SELECT json_agg(json_build_object(
      'name', slot_name, 'active', active, 'walStatus', wal_status,
      'retainedBytes', CASE WHEN recovery THEN NULL ELSE greatest(lsn - restart_lsn, 0) END) ORDER BY slot_name)
    FROM pg_replication_slots), '[]')
) AS state
FROM (SELECT recovery,
             CASE WHEN recovery THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS lsn
      FROM pg_is_in_recovery() AS recovery) AS server`;

/** Asks a server for its state in one round trip. @throws what pg throws when it cannot be asked */
export async function readServerState(address: PostgresAddress, timeoutMs = 1000): Promise<ServerState> {
  const [row] = await queryOnce<{ state: ServerState }>(address, question, [], timeoutMs);
  if (row === undefined) throw new Error('The server answered with no row.');
  return row.state;
}
