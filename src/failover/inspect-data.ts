import type { Engine } from '../docker/engine.js';
import { dataDirectory } from '../nodes/postgres/kind.js';
import type { EndedTimeline, WalStand } from '../nodes/postgres/timeline-history.js';
import { walFileName, walFilePrefix } from '../nodes/postgres/wal-file.js';
import { readWaldump, type WalPast } from '../nodes/postgres/wal-past-fork.js';
import type { StackNode } from '../stack/stack.js';

/** What lies in a node's data directory, whether a server runs on it or not. */
export interface DataState {
  timeline: number;
  /** The end of its WAL past the fork; its last checkpoint when nothing lies past it. */
  lsn: string;
  /** What lies past the place where the primary left the timeline. */
  past: { forkLsn: string; wal: WalPast } | null;
}

const walDirectory = `${dataDirectory}/pg_wal`;

/** Bounds what is read to count rows: a record takes some 200 characters. */
const waldumpLimitBytes = 64 * 1024 * 1024;

/** The timeline of the newest WAL file: a file's name begins with it. */
function newestTimelineOf(walFiles: string): number | undefined {
  const names = walFiles.split('\n').filter((name) => /^[0-9A-F]{24}$/.test(name));
  const newest = names.sort().at(-1);
  return newest === undefined ? undefined : Number.parseInt(newest.slice(0, 8), 16);
}

const checkpointOf = (controlData: string): string | undefined =>
  /^Latest checkpoint location:\s+([0-9A-F]+\/[0-9A-F]+)$/m.exec(controlData)?.[1];

/** What a data directory's WAL holds on a timeline past a position. */
export async function readWalPast(
  engine: Engine,
  { containerId }: StackNode,
  { timeline, lsn }: WalStand,
): Promise<WalPast> {
  // It ends with an error wherever the WAL ends; no record at all means that it ends before the position. Without the
  // names of files it takes any to learn their size from, and fails on one that is prepared and empty.
  const { stdout } = await engine.exec(containerId, [
    'sh',
    '-c',
    `cd "$1" && last=$(ls | grep "^$2................$" | tail -n 1) &&
pg_waldump --path . --start "$3" "$4" "$last" 2> /dev/null | head -c ${waldumpLimitBytes}`,
    'waldump',
    walDirectory,
    walFilePrefix(timeline),
    lsn,
    walFileName(timeline, lsn),
  ]);
  return readWaldump(stdout, lsn);
}

/** Looks at the data directory of a running container; undefined when it cannot be used as it is. */
export async function inspectData(
  engine: Engine,
  node: StackNode,
  endedTimelines: readonly EndedTimeline[],
): Promise<DataState | undefined> {
  const { containerId } = node;
  const [walFiles, controlData] = await Promise.all([
    engine.exec(containerId, ['ls', walDirectory]),
    engine.exec(containerId, ['pg_controldata', '-D', dataDirectory]),
  ]);
  const timeline = newestTimelineOf(walFiles.stdout);
  const lsn = checkpointOf(controlData.stdout);
  if (timeline === undefined || lsn === undefined) return undefined;
  const fork = endedTimelines.find((ended) => ended.timeline === timeline);
  if (fork === undefined) return { timeline, lsn, past: null };
  const wal = await readWalPast(engine, node, { timeline, lsn: fork.endLsn });
  return wal.bytes > 0
    ? { timeline, lsn: wal.endLsn, past: { forkLsn: fork.endLsn, wal } }
    : { timeline, lsn, past: null };
}
