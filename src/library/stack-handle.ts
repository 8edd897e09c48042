import type { ApiStats, CacheOptions, ReadConsistency } from '../api/services.js';
import type { AddReplicaResult } from '../failover/add-replica.js';
import type { FailoverResult } from '../failover/failover.js';
import type { FenceResult } from '../failover/fence-node.js';
import type { PointProxyResult } from '../failover/point-proxy.js';
import type { PromoteResult } from '../failover/promote.js';
import type { RejoinResult } from '../failover/rejoin.js';
import type { RemoveReplicaResult } from '../failover/remove-replica.js';
import type { SwitchoverResult } from '../failover/switchover.js';
import type { Fault } from '../faults/fault.js';
import type { HealResult } from '../faults/heal.js';
import type { FaultResult } from '../faults/inject.js';
import type { HistoryEntry } from '../history/history.js';
import type { HaproxyAction } from '../nodes/haproxy/point.js';
import type { RepairResult } from '../repair/repair.js';
import type { NodeChange } from '../stack/control.js';
import type { DownResult } from '../stack/down.js';
import type { StackEndpoints } from '../stack/endpoints.js';
import type { Direction } from '../stack/network-fault.js';
import type { Status } from '../stack/snapshot.js';
import type { UpResult } from '../stack/up.js';

/** A fault that is held this long and then healed, before its promise resolves. */
interface Held {
  forMs?: number | undefined;
}

/** What each fault takes; docs/faults.md says what it imitates. */
export interface FaultOptions {
  /** SIGKILL to every process of a node, as a power cut would. */
  kill: Held;
  /** The gentle end: PostgreSQL gets a fast shutdown. */
  stop: Held;
  /** A hung node: it holds its connections and answers nobody. */
  pause: Held;
  /** SIGKILL to the postmaster alone. */
  crash: Held;
  /** The disk is full; the stack needs `diskLimitBytes`. */
  fill: Held;
  /** A PostgreSQL node loses its data directory. */
  wipe: Held;
  /** Packets are dropped; without `from`, to and from everybody. `way` is `both` by default. */
  partition: Held & { from?: readonly string[] | undefined; way?: Direction | undefined };
  /** Every packet that the node sends leaves it later; needs netem in the kernel. */
  slow: Held & { delayMs: number };
  /** A replica replays each commit later; without `delayMs`, nothing at all. */
  lag: Held & { delayMs?: number | undefined };
}

/** The options of a fault may be left out, but for one that needs them. */
type FaultArguments<Name extends keyof FaultOptions> =
  Partial<FaultOptions[Name]> extends FaultOptions[Name]
    ? [options?: FaultOptions[Name]]
    : [options: FaultOptions[Name]];

export interface ServeOptions {
  /** Default: the port in `endpoints.apiUrl`. 0: any free port. */
  port?: number | undefined;
  /** How Redis is used; false: not at all. Default `{ mode: 'lease' }`. */
  cache?: CacheOptions | false | undefined;
  /** What a read sees of its client's own writes. Default `eventual`. */
  reads?: ReadConsistency | undefined;
  /** How long a write waits for a new primary while there is none. Default 0: it is answered at once. */
  writeWaitMs?: number | undefined;
}

/** The products API in this process. */
export interface ServedApi extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  stats(): ApiStats;
  /** Stops accepting, ends what is in flight, closes every connection; within 5 s. May be called twice. */
  close(): Promise<void>;
}

/**
 * A running stack. Its methods do what the commands of the same name do, return what those print with `--json` (of one list,
 * the list itself), and throw the same errors: a HalabError with a code of docs/errors.md. Times are milliseconds.
 *
 * What changes roles or nodes holds the stack's lock as the commands do, so that two never work on one stack at once; the
 * second is refused with STACK_BUSY. `fault`, `heal`, `stop`, `start` and `restart` do without, because a fault in the middle
 * of a failover is what faults are for.
 *
 * Disposal (`await using`) interrupts what still runs on the stack, and removes it with all its data; one that was there
 * before (`reuse`), or that is to stay (`keep`), is left as it is. It may be called twice.
 */
export interface StackHandle extends AsyncDisposable {
  readonly name: string;
  /** What the start did, as `halab up --json` prints it. */
  readonly started: UpResult;
  /** URLs with the credentials of the application; those of nodes follow `addReplica` and `removeReplica`. */
  readonly endpoints: StackEndpoints;

  /** The URLs with the credentials of PostgreSQL's superuser: for migrations and extensions. */
  superuserEndpoints(): Promise<StackEndpoints>;
  /** Roles, replication, proxy, cache, findings, as they are now. */
  status(): Promise<Status>;
  /**
   * Waits until `status` finds nothing wrong, and returns it. It looks and repairs nothing.
   *
   * @param options `timeoutMs` is 30,000 by default
   * @throws STACK_UNHEALTHY with the findings that are left
   */
  waitUntilHealthy(options?: { timeoutMs?: number | undefined }): Promise<Status>;
  /** The last lines that a node logged, oldest first; 100 by default. @throws NODE_NOT_FOUND */
  logs(node: string, lines?: number): Promise<string[]>;
  /** What was done to the stack, oldest first. */
  history(): Promise<HistoryEntry[]>;

  /** @throws NODE_NOT_FOUND */
  stop(node: string): Promise<NodeChange>;
  /** Returns when its server answers. @throws NODE_NOT_FOUND, SECOND_PRIMARY, NODE_FAILED, PORT_TAKEN */
  start(node: string): Promise<NodeChange>;
  /** @throws as `start` */
  restart(node: string): Promise<NodeChange>;

  /**
   * Injects a fault, and returns when it has taken effect; with `forMs` when it was healed again.
   *
   * @throws NODE_NOT_FOUND, NODE_NOT_RUNNING, NOT_A_REPLICA, NO_DISK_LIMIT, FAULT_IN_FORCE before anything is changed;
   *   KERNEL_LACKS, FAULT_FAILED
   */
  fault<Name extends keyof FaultOptions>(
    fault: Name,
    node: string,
    ...options: FaultArguments<Name>
  ): Promise<FaultResult>;
  /** The faults in force, whoever injected them. */
  faults(): Promise<Fault[]>;
  /** Ends the faults of a node, or of all. @throws NODE_NOT_FOUND, NOTHING_TO_HEAL, WOULD_DISCARD */
  heal(node?: string): Promise<HealResult>;

  /**
   * Stops the old primary, promotes a replica, sends writes to it, and verifies one.
   *
   * @param options `promote`: the replica, by default the one with the most WAL; `force`: although the primary answers;
   *   `maxLagBytes`: refuse to lose more WAL than this; `haproxy`: how it takes its new configuration, `reload` by default
   * @throws NO_REPLICA, NODE_NOT_FOUND, NODE_NOT_RUNNING, NOT_A_REPLICA, PRIMARY_ALIVE, REPLICA_BEHIND,
   *   PROXY_CONFIG_INVALID before anything is changed; NOT_REPLAYED, PROMOTION_FAILED, VERIFICATION_FAILED
   */
  failover(options?: {
    promote?: string | undefined;
    force?: boolean | undefined;
    maxLagBytes?: number | undefined;
    haproxy?: HaproxyAction | undefined;
  }): Promise<FailoverResult>;
  /**
   * Swaps the primary and a replica without losing a write.
   *
   * @param options `node`: the replica, by default the one with the most WAL; `maxPauseMs`: 5000 by default
   * @throws NO_PRIMARY, REPLICA_BEHIND, SWITCHOVER_CALLED_OFF
   */
  switchover(options?: {
    node?: string | undefined;
    maxPauseMs?: number | undefined;
  }): Promise<SwitchoverResult>;
  /** pg_ctl promote on a replica, and nothing else: the proxy stays as it is. @throws NOT_A_REPLICA, PROMOTION_FAILED */
  promote(node: string): Promise<PromoteResult>;
  /**
   * Sends writes to another node.
   *
   * @param options `force`: although it is no primary; `haproxy`: `reload` by default
   * @throws NOT_A_PRIMARY, NODE_NOT_FOUND, PROXY_CONFIG_INVALID, VERIFICATION_FAILED
   */
  pointProxy(
    node: string,
    options?: { force?: boolean | undefined; haproxy?: HaproxyAction | undefined },
  ): Promise<PointProxyResult>;
  /**
   * Stops a second primary, and sees that it never comes back as one.
   *
   * @param options `force`: although it is the only one
   * @throws NODE_NOT_FOUND, NOT_A_PRIMARY, ONLY_PRIMARY
   */
  fence(node: string, options?: { force?: boolean | undefined }): Promise<FenceResult>;
  /**
   * Makes a lost node follow the primary again.
   *
   * @param options `discard`: throw away what the node holds and the primary never had, false by default; `method`:
   *   instead of the one that halab chooses; `dryRun`: say what would be done
   * @throws NODE_NOT_FOUND, NO_PRIMARY, REJOIN_PRIMARY, WOULD_DISCARD
   */
  rejoin(
    node: string,
    options?: {
      discard?: boolean | undefined;
      method?: 'rewind' | 'basebackup' | undefined;
      dryRun?: boolean | undefined;
    },
  ): Promise<RejoinResult>;
  /**
   * Brings the stack back to full redundancy, whatever happened to it. What it could not mend is in `findings`.
   *
   * @param options `discard`: as in `rejoin`; `dryRun`: the steps that can be seen now
   * @throws WOULD_DISCARD, REPAIR_FAILED
   */
  repair(options?: { discard?: boolean | undefined; dryRun?: boolean | undefined }): Promise<RepairResult>;

  /** One more replica, by a base backup from the primary. @throws NODE_EXISTS, TOO_MANY_REPLICAS, NO_PRIMARY */
  addReplica(name?: string): Promise<AddReplicaResult>;
  /** @throws NODE_NOT_FOUND, REMOVE_PRIMARY, NO_PRIMARY */
  removeReplica(name: string): Promise<RemoveReplicaResult>;

  /** The products API in this process; closed with the stack, at the latest. @throws PORT_TAKEN */
  serveApi(options?: ServeOptions): Promise<ServedApi>;

  /**
   * Interrupts what still runs on the stack, and removes it, also one that disposal would leave.
   *
   * @param options `keepData`: leave the databases for a start of the same name with `reuse`
   * @throws STACK_NOT_FOUND, STACK_BUSY, DISKS_IN_MEMORY
   */
  down(options?: { keepData?: boolean | undefined }): Promise<DownResult>;
  /** @throws what the engine throws; a call after that tries again */
  [Symbol.asyncDispose](): Promise<void>;
}
