import type { FileEntry } from '../../docker/engine.js';
import type { NodeKind } from '../node-kind.js';
import { scramVerifier } from './scram.js';

/** The user and group of PostgreSQL in the image. */
const owner = { uid: 999, gid: 999 };

const home = '/var/lib/postgresql';
export const dataDirectory = `${home}/data`;
export const credentialsPath = `${home}/credentials.json`;
/** Says that the volume once had a data directory: it gets none from the image again. */
export const initializedPath = `${home}/initialized`;
/** A file that fills the disk (`halab fault fill`). */
export const fillerPath = `${home}/filler`;
/** Every data directory has it. */
export const versionPath = `${dataDirectory}/PG_VERSION`;
/** A server with this file starts as a standby, whatever it was before. */
export const standbySignalPath = `${dataDirectory}/standby.signal`;

/** What a node on its way back has to do before its server starts: stack/images/postgres/rejoin. */
export const rejoinOrderPath = `${home}/rejoin`;
/** How a node is made to follow the primary; `wait` until that is known, `cancel` when it is not to be. */
export type RejoinOrder = 'wait' | 'cancel' | 'follow' | 'rewind' | 'basebackup';

/** Without waiting: pg_ctl looks only every 100 ms whether the server is promoted; halab asks every 5 ms. */
export const promoteCommand = ['pg_ctl', 'promote', '--no-wait', '--silent', '-D', dataDirectory] as const;

/** The replication slot of a node has its name; slots allow no hyphen. */
export const slotName = (node: string): string => node.replaceAll('-', '_');

/** Put into a data directory, makes the server start as a standby. */
export const standbySignal: FileEntry = { path: standbySignalPath, text: '', mode: 0o600, ...owner };

/** The order that a node follows at its next start, or waits for. */
export const rejoinOrder = (order: RejoinOrder, primary: string): FileEntry => ({
  path: rejoinOrderPath,
  text: `${order} ${primary}\n`,
  mode: 0o600,
  ...owner,
});

/**
 * A walreceiver that calls while its primary goes down may get no answer at all; left to the kernel, that call lasts two
 * minutes (tcp_syn_retries), and the replica follows nobody until then. `connect_timeout` does not end it: "ignored when using
 * PQconnectPoll", as a walreceiver does (PostgreSQL manual, PQconnectStartParams). This does, after 2 s; it bounds in the same way
 * what the receiver sends while it streams (tcp(7), TCP_USER_TIMEOUT).
 */
const tcpUserTimeout = 'tcp_user_timeout=2000';

const nodeConf = (name: string, upstream: string | undefined): string =>
  [
    '# Written by halab: what this node has of its own.',
    `cluster_name = '${name}'`,
    ...(upstream === undefined
      ? []
      : [
          `primary_conninfo = 'host=${upstream} port=5432 user=replicator application_name=${name} passfile=${home}/.pgpass ${tcpUserTimeout}'`,
          `primary_slot_name = '${slotName(name)}'`,
        ]),
    '',
  ].join('\n');

/** Included by postgresql.conf: a reload takes it. */
export const nodeConfPath = `${home}/node.conf`;

/** What a node has of its own; as a standby it follows `upstream`. */
export const nodeConfFile = (name: string, upstream: string | undefined): FileEntry => ({
  path: nodeConfPath,
  text: nodeConf(name, upstream),
  mode: 0o600,
  ...owner,
});

export const postgresKind: NodeKind = {
  name: 'postgres',
  image: { dockerfile: 'images/postgres/Dockerfile', copies: ['images/postgres', 'sql'] },
  port: 5432,
  volumePath: home,
  sharedMemoryBytes: 128 * 1024 * 1024,
  // A fast shutdown writes a checkpoint; a large one takes a while.
  stopGraceS: 30,
  files: ({ name, credentials, role, peers, upstream = peers[0], copies = false }) => {
    const file = (path: string, text: string): FileEntry => ({ path, text, mode: 0o600, ...owner });
    const common = [
      file(credentialsPath, JSON.stringify(credentials)),
      file(`${home}/.pgpass`, `*:*:*:replicator:${credentials.replicator}\n`),
      nodeConfFile(name, upstream),
    ];
    // The entrypoint moves this one into the data directory once it has made it.
    if (role === 'replica') {
      const order = copies && upstream !== undefined ? [rejoinOrder('basebackup', upstream)] : [];
      return [...common, file(`${home}/standby.signal`, ''), ...order];
    }
    const { postgres, replicator, app, monitor } = credentials;
    const statements = [
      ...Object.entries({ postgres, replicator, app, monitor }).map(
        ([user, password]) => `ALTER ROLE ${user} PASSWORD '${scramVerifier(password)}';`,
      ),
      ...peers.map((peer) => `SELECT pg_create_physical_replication_slot('${slotName(peer)}', true);`),
    ];
    // Single-user mode with -j ends a statement at a semicolon followed by an empty line.
    return [...common, file(`${home}/bootstrap.sql`, `${statements.join('\n\n')}\n\n`)];
  },
};
