import type { FileEntry } from '../docker/engine.js';
import type { Credentials } from './credentials.js';

export type KindName = 'postgres' | 'haproxy' | 'redis' | 'pgbouncer' | 'api';

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
  /** For PostgreSQL: the node that it follows as a replica; the first of the peers when it is left out. */
  upstream?: string;
  /** For PostgreSQL: begins with a copy of that node, because its history went on since the image was made. */
  copies?: boolean;
  /** The node that the proxy sends writes to. */
  writesTo: string;
  /** The names of the stack's nodes. */
  names: Readonly<Record<KindName, readonly string[]>>;
}

/** All that the stack needs to know of one kind of node. A new kind is one object of this type. */
export interface NodeKind {
  readonly name: KindName;
  readonly image: {
    /** The Dockerfile and every file or folder it copies, as paths below `stack/`. */
    readonly dockerfile: string;
    readonly copies: readonly string[];
    /** A program of halab's own that it copies too: the name of a file that `npm run build` makes. */
    readonly program?: string;
    /** Not every stack has such a node: the image is built when the first one does. */
    readonly onDemand?: true;
  };
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
