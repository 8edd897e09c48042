import { checkCommand, type HaproxyAction, reloadScript } from '../nodes/haproxy/point.js';
import { nodeConfPath, promoteCommand, standbySignalPath } from '../nodes/postgres/kind.js';
import { containerName } from '../stack/labels.js';

/** The steps of a failover, in the order in which each must be complete. */
export type FailoverStep =
  | 'check haproxy.cfg'
  | 'stop old primary'
  | 'replay'
  | 'promote'
  | 'point proxy'
  | 'verify'
  | 'fence old primary'
  | 'keep WAL'
  | 'follow new primary';

export interface PlannedStep {
  name: FailoverStep;
  /** What it is for, and what it waits for. */
  purpose: string;
  /** What a person would type for the same. */
  command: string;
}

/** What a plan is made from. */
export interface FailoverFacts {
  stack: string;
  /** The node that becomes the primary. */
  candidate: string;
  /** The PostgreSQL nodes that may be a primary, or do not answer: none of them may stay one. */
  others: readonly string[];
  /** Replicas that go on and follow the candidate. */
  followers: readonly string[];
  haproxy: string;
  action: HaproxyAction;
}

const shell = (words: readonly string[]): string =>
  words.map((word) => (/^[\w./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');

/** The steps with the commands that would run. Pure: `--dry-run` prints what the execution follows. */
export function planFailover({
  stack,
  candidate,
  others,
  followers,
  haproxy,
  action,
}: FailoverFacts): PlannedStep[] {
  const container = (node: string): string => containerName(stack, node);
  const psql = (sql: string): string => `docker exec ${container(candidate)} psql -d shop -c "${sql}"`;
  return [
    {
      name: 'check haproxy.cfg',
      purpose: `the new configuration names ${candidate}; HAProxy reads it before it is needed`,
      command: `docker exec ${container(haproxy)} ${shell(checkCommand(candidate))}`,
    },
    {
      name: 'stop old primary',
      purpose: 'one primary at a time: nothing may be acknowledged there any more',
      command: `docker stop ${others.map(container).join(' ')}`,
    },
    {
      name: 'replay',
      purpose: `${candidate} applies all the WAL that it received: what it has not applied would be lost`,
      command: psql('SELECT pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()'),
    },
    {
      name: 'promote',
      purpose: `${candidate} ends recovery on a new timeline and takes writes`,
      command: `docker exec ${container(candidate)} ${shell(promoteCommand)}`,
    },
    {
      name: 'point proxy',
      purpose: `HAProxy sends writes to ${candidate}`,
      command:
        action === 'reload'
          ? `docker exec ${container(haproxy)} ${shell(['sh', '-c', reloadScript(candidate)])}`
          : `docker exec ${container(haproxy)} mv … && docker restart ${container(haproxy)}`,
    },
    {
      name: 'verify',
      purpose: `a write through the proxy is acknowledged by ${candidate}`,
      command: `docker exec … psql -h ${haproxy} -U app -d shop -c "INSERT INTO halab.verification …"`,
    },
    {
      name: 'fence old primary',
      purpose: 'with standby.signal it starts as a replica, even by a mere docker start',
      command: others
        .map((node) => `docker cp standby.signal ${container(node)}:${standbySignalPath}`)
        .join(' && '),
    },
    {
      name: 'keep WAL',
      purpose: 'a slot for each other node, so that it can follow when it comes back',
      command: [...others, ...followers]
        .map((node) =>
          psql(`SELECT pg_create_physical_replication_slot('${node.replaceAll('-', '_')}', true)`),
        )
        .join(' && '),
    },
    ...(followers.length === 0
      ? []
      : [
          {
            name: 'follow new primary' as const,
            purpose: `the other replicas stream from ${candidate}, without a restart or a base backup`,
            command: followers
              .map(
                (node) =>
                  `docker cp node.conf ${container(node)}:${nodeConfPath} && docker exec ${container(node)} psql -d shop -c "SELECT pg_reload_conf()"`,
              )
              .join(' && '),
          },
        ]),
  ];
}
