/** What a container is to do by itself after some seconds, should halab have died meanwhile. */
export interface Later {
  /** File in the container that says whose turn it is: an earlier one must not end what a later one has begun. */
  holder: string;
  /** New for each. */
  token: string;
  afterS: number;
  /** Shell script. */
  script: string;
}

const wait = 'sleep "$1"; [ "$(cat "$3")" != "$2" ] || eval "$4"';
const start =
  'wait=$1; shift; echo "$2" > "$3" && { setsid sh -c "$wait" sh "$@" > /dev/null 2>&1 < /dev/null & }';

/** A command that returns at once and leaves the script behind. @param now shell script to carry out as well */
export const laterCommand = ({ holder, token, afterS, script }: Later, now = ':'): readonly string[] => [
  'sh',
  '-c',
  `${start} && ${now}`,
  'sh',
  wait,
  String(Math.ceil(afterS)),
  token,
  holder,
  script,
];
