import type { ContainerState } from '../docker/engine.js';
import type { KindName, Role } from '../nodes/node-kind.js';
import type { SlotState, StandbyState } from '../nodes/postgres/server-state.js';
import type { SyncState } from '../nodes/postgres/sync.js';
import type { CacheState } from '../nodes/redis/cache-state.js';
import type { NetworkFault } from './network-fault.js';

/** A replica's connection to the primary. */
export interface ReplicationState {
  /** streaming, catchup and so on (pg_stat_replication.state), or `not streaming` when there is no connection. */
  state: string;
  syncState: string | null;
  /** WAL written on the primary and not yet replayed; null when the primary cannot be asked. */
  lagBytes: number | null;
  lagMs: number | null;
  /** Where the primary's timeline left the one that this replica went on with; null when it can follow. */
  forkLsn: string | null;
  /** How late it replays on purpose; null when it does not. */
  replayDelay: { delayMs: number; paused: boolean } | null;
}

export interface NodeState {
  name: string;
  kind: KindName;
  state: ContainerState;
  /** For PostgreSQL. Expected: where the proxy sends writes. Found: what the server says of itself. */
  role: { expected: Role; found: Role | null } | null;
  timeline: number | null;
  lsn: string | null;
  port: number;
  replication: ReplicationState | null;
  /** What is done to its network, and in words: `cut off from db-replica`. */
  networkFaults: { fault: NetworkFault['fault']; description: string }[];
  /** Why a running server could not be asked. */
  problem: string | null;
}

export interface ProxyState {
  /** Where a write goes: the server that was reached through the proxy, else the one that haproxy.cfg names. */
  writesTo: string | null;
  /** The server that haproxy.cfg names. */
  configured: string | null;
  /** The server that answered through the proxy; null when none did. */
  reached: string | null;
  state: 'up' | 'down';
  /** The port for reads, and the server that a session there reached; null when there is no such port. */
  reads: { port: number; reached: string | null } | null;
}

/** PgBouncer before the proxy. */
export interface PoolerState {
  port: number;
  /** Statements wait in it, as during a switchover. */
  paused: boolean;
  /** The server that a statement through it reached; null when none did. */
  reached: string | null;
}

/** The products API behind HAProxy's HTTP port. */
export interface ApiState {
  url: string;
  /** Instances that should be there: those that haproxy.cfg names and those that have a container. */
  instances: string[];
  /** Those of them that answered through HAProxy. */
  answering: string[];
}

export interface Finding {
  severity: 'critical' | 'warning';
  code: string;
  message: string;
  /** The next command to type. */
  hint: string;
}

/** The replication lag table: one row a standby that the primary knows, by connection or by slot. */
export interface LagRow extends Omit<StandbyState, 'name' | 'syncState'> {
  standby: string;
  syncState: string | null;
  slot: SlotState | null;
}

/** What is true of a stack now, as `halab status --json` prints it. */
export interface Status {
  stack: string;
  topology: string;
  healthy: boolean;
  nodes: NodeState[];
  proxy: ProxyState | null;
  cache: { hits: number; misses: number; hitRatio: number | null; keys: number } | null;
  /** Null when the stack has no instances of the API. */
  api: ApiState | null;
  /** Null when the stack has no pooler, or it does not answer. */
  pooler: PoolerState | null;
  findings: Finding[];
}

/** A status, from one round of questions to the engine and the servers, with the answers behind it. */
export interface Snapshot extends Status {
  /** The parts that `status` sums up and `lag` and `cache` show whole. */
  detail: {
    primary: string | null;
    /** Of two servers that both say primary: where their histories part. */
    forkLsn: string | null;
    /** Of the primary. */
    idleSessionTimeoutMs: number;
    standbys: StandbyState[];
    slots: SlotState[];
    /** Null without a primary to ask. */
    sync: SyncState | null;
    redis: CacheState | null;
  };
}
