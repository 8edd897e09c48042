import type { Snapshot } from '../stack/snapshot.js';

/** One line of the console's menu. */
export interface MenuItem {
  title: string;
  /** The command it runs, as typed; `NODE` in it is the node that is chosen. */
  words: readonly string[];
  /** Asked before it runs, for what breaks or removes something. */
  confirm?: string;
  /** The nodes to choose from, when the command takes one. */
  nodes?: readonly string[];
}

/** Stands in the words of a menu item for the node that is chosen. */
const chosenNode = 'NODE';

/** The words of an item with the chosen node in its place. */
export const wordsOf = ({ words }: MenuItem, node: string): string[] =>
  words.map((word) => (word === chosenNode ? node : word));

/**
 * What can be done now, most useful first. Pure: what the stack's state rules out is not offered.
 *
 * @param snapshot undefined when there is no stack, or when it cannot be looked at
 */
export function menuFor(stack: string, snapshot: Pick<Snapshot, 'nodes' | 'proxy'> | undefined): MenuItem[] {
  const here = ['--stack', stack];
  const lab = {
    title: 'Run the main lab: kill a primary under load',
    words: ['lab', 'run', 'failover', '--keep', ...here],
  };
  const doctor = { title: 'Check the machine (doctor)', words: ['doctor'] };
  if (snapshot === undefined) {
    return [
      { title: 'Start the stack (up)', words: ['up', ...here] },
      lab,
      { title: 'List the stacks there are (ls)', words: ['ls'] },
      doctor,
    ];
  }
  const { nodes, proxy } = snapshot;
  const names = (wanted: (node: (typeof nodes)[number]) => boolean): string[] =>
    nodes.filter(wanted).map(({ name }) => name);
  const running = names(({ state }) => state === 'running');
  const stopped = names(({ state }) => state !== 'running');
  const replicas = names(({ role, state }) => role?.found === 'replica' && state === 'running');
  const primaries = names(({ role }) => role?.found === 'primary');
  const elsewhere = primaries.filter((name) => name !== proxy?.configured);
  return [
    { title: 'Watch the status', words: ['status', '--watch', ...here] },
    { title: 'Watch the replication lag', words: ['lag', '--watch', ...here] },
    { title: 'Watch the cache', words: ['cache', '--watch', ...here] },
    ...(stopped.length === 0
      ? []
      : [
          { title: 'Start what is stopped, and verify (up)', words: ['up', ...here] },
          { title: 'Start a node', words: ['start', chosenNode, ...here], nodes: stopped },
        ]),
    ...(running.length === 0
      ? []
      : [
          {
            title: 'Stop a node',
            words: ['stop', chosenNode, ...here],
            nodes: running,
            confirm: 'Its clients will see errors. Stop it?',
          },
        ]),
    ...(replicas.length === 0
      ? []
      : [
          {
            title: 'Fail over: promote a replica',
            words: ['failover', '--promote', chosenNode, '--force', ...here],
            nodes: replicas,
            confirm: 'The old primary is stopped, and does not become a replica by itself. Fail over?',
          },
        ]),
    ...(elsewhere.length === 0
      ? []
      : [
          {
            title: 'Point the proxy at another primary',
            words: ['proxy', 'point', chosenNode, ...here],
            nodes: elsewhere,
            confirm: 'Writes will go there. Point the proxy?',
          },
        ]),
    { title: 'Show the URLs (env)', words: ['env', ...here] },
    ...(primaries.length === 0 ? [] : [{ title: 'Open psql where writes go', words: ['psql', ...here] }]),
    lab,
    doctor,
    {
      title: 'Remove the stack and its data (down)',
      words: ['down', ...here],
      confirm: `Everything in the stack ${stack} is removed. Remove it?`,
    },
  ];
}
