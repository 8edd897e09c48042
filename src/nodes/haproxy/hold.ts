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

/** Says whose hold is in force: an earlier one must not let go of a later one's connections. */
const holder = '/run/haproxy/hold';

const letGoLater = `sleep "$1"; [ "$(cat ${holder})" != "$2" ] || { ${setBack}; }`;

/**
 * Holds, and lets go by itself after some seconds: nothing waits for a halab that has died.
 *
 * @param token new for each hold
 */
export const holdCommand = (token: string, atMostS: number): readonly string[] => [
  'sh',
  '-c',
  `echo "$3" > ${holder} && { setsid sh -c "$1" sh "$2" "$3" > /dev/null 2>&1 < /dev/null & } && ${set('0')}`,
  'sh',
  letGoLater,
  String(Math.ceil(atMostS)),
  token,
];
