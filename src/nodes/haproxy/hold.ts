import { laterCommand } from '../later.js';

/**
 * HAProxy accepts no new connection for writes: they wait in the listening socket, where no client sees an error, and
 * a reload hands them over to the new worker (HAProxy management guide, `set maxconn frontend`; zero is allowed).
 */
const set = (maxconn: string): string =>
  `echo "set maxconn frontend write ${maxconn}" | socat -t 1 - UNIX-CONNECT:/run/haproxy/admin.sock`;

/** The limit of a frontend without one of its own: the process's. */
const setBack =
  "limit=$(echo 'show info' | socat -t 1 - UNIX-CONNECT:/run/haproxy/admin.sock | sed -n 's/^Maxconn: //p') && " +
  set('$limit');

export const releaseCommand: readonly string[] = ['sh', '-c', setBack];

/**
 * Holds, and lets go by itself after some seconds: nothing waits for a halab that has died.
 *
 * @param token new for each hold
 */
export const holdCommand = (token: string, atMostS: number): readonly string[] =>
  laterCommand({ holder: '/run/haproxy/hold', token, afterS: atMostS, script: setBack }, set('0'));

/**
 * Ends when no client has a session for writes, after a second in any case. A session that HAProxy accepted just before
 * the hold may still be logging in, where pg_stat_activity does not show it; one that never says who it is stays so.
 */
export const drainedCommand: readonly string[] = [
  'sh',
  '-c',
  `i=0; until echo 'show stat' | socat -t 1 - UNIX-CONNECT:/run/haproxy/admin.sock | grep -q '^write,FRONTEND,,,0,'
do i=$((i + 1)); [ "$i" -lt 100 ] || exit 1; sleep 0.01; done`,
];
