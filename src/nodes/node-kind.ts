import type { FileEntry } from '../docker/engine.js';
import type { Credentials } from './credentials.js';

export type KindName = 'postgres' | 'haproxy' | 'redis';

/** The part a PostgreSQL node plays: takes writes, or follows the one that does. */
export type Role = 'primary' | 'replica';

/** What a node must be told before it starts for the first time. */
interface NodeSetup {
  /** Its name in the topology, and its host name in the stack's network. */
  name: string;
  credentials: Credentials;
  /** For PostgreSQL: whether it begins as a primary. */
  role?: Role;
  /** For PostgreSQL: the other PostgreSQL nodes of the stack. */
  peers: readonly string[];
  /** For HAProxy: the node that writes go to. */
  writesTo: string;
}

/** All that the stack needs to know of one kind of node. A new kind is one object of this type. */
export interface NodeKind {
  readonly name: KindName;
  /** The Dockerfile and every file or folder it copies, as paths below `stack/`. */
  readonly image: { readonly dockerfile: string; readonly copies: readonly string[] };
  /** The port it listens on inside the stack's network. */
  readonly port: number;
  /** Where its volume is mounted, for a kind whose data must outlive its container. */
  readonly volumePath?: string;
  readonly sharedMemoryBytes?: number;
  /** Time it gets to end by itself before it is killed. */
  readonly stopGraceS: number;
  /** The files it needs before its first start. */
  readonly files: (setup: NodeSetup) => FileEntry[];
}
