import { typed } from '../errors/typed.js';
import type { Finding, NodeState, ProxyState, ReplicationState, Snapshot } from './snapshot.js';
import { syncFindings } from './sync-findings.js';

type Observed = Omit<Snapshot, 'findings' | 'healthy'>;

/** A command of halab as a user types it for the observed stack. */
type Halab = (words: string) => string;

const critical = (code: string, message: string, hint: string): Finding => ({
  severity: 'critical',
  code,
  message,
  hint,
});
const warning = (code: string, message: string, hint: string): Finding => ({
  severity: 'warning',
  code,
  message,
  hint,
});

/** Two servers that both take writes, or would: what to do is to fence the one that the proxy does not name. */
function twoPrimaries(primaries: NodeState[], { proxy, detail }: Observed, halab: Halab): Finding {
  const timelines = primaries
    .map(({ name, timeline }) => `${name} on timeline ${timeline ?? '?'}`)
    .join(', ');
  const since = detail.forkLsn === null ? '' : ` Their histories part at ${detail.forkLsn}.`;
  const writes = proxy?.writesTo ?? 'nobody through the proxy';
  const stray = primaries.find(({ role }) => role?.expected !== 'primary') ?? primaries[0];
  return critical(
    'two-primaries',
    `Two servers say primary: ${timelines}.${since} Writes go to ${writes}; ` +
      'what is written to both cannot be brought together again.',
    halab(`fence ${stray?.name ?? 'NODE'}`),
  );
}

function primaryFindings(observed: Observed, nodes: NodeState[], halab: Halab): Finding[] {
  const primaries = nodes.filter(({ role }) => role?.found === 'primary');
  const replica = nodes.find(({ role }) => role?.found === 'replica');
  if (primaries.length > 1) return [twoPrimaries(primaries, observed, halab)];
  if (primaries.length === 1) return [];
  return [
    critical(
      'no-primary',
      'No server is a primary: nothing can be written.',
      halab(replica === undefined ? 'up' : `failover --promote ${replica.name}`),
    ),
  ];
}

/** Why a replica does not stream. */
function replicationFinding(
  { name, timeline, lsn }: NodeState,
  { state, forkLsn }: ReplicationState,
  primary: NodeState,
  halab: Halab,
): Finding {
  if (state !== 'not streaming') {
    return warning('catching-up', `${name} is in state ${state}.`, halab('lag --watch'));
  }
  if (forkLsn !== null) {
    return critical(
      'diverged',
      `${name} is at ${lsn ?? '?'} on timeline ${timeline ?? '?'}, which ${primary.name} left at ${forkLsn}: ` +
        `it holds WAL that ${primary.name} never received. It cannot follow as it is.`,
      halab(`rejoin ${name}`),
    );
  }
  return critical('not-streaming', `${name} is not streaming: it gets no new WAL.`, halab(`logs ${name}`));
}

function nodeFindings(node: NodeState, primary: NodeState | undefined, halab: Halab): Finding[] {
  const { name, state, role, problem, replication } = node;
  if (state === 'paused')
    return [
      critical(
        'node-paused',
        `${name} is paused: it holds connections and answers nobody.`,
        halab(`heal ${name}`),
      ),
    ];
  if (state !== 'running') {
    // A stopped primary is told by `no-primary` too; here is what happened to the node itself.
    return [warning('node-stopped', `${name} is not running (${state}).`, halab(`start ${name}`))];
  }
  if (problem !== null)
    return [critical('node-silent', `${name} runs but does not answer: ${problem}.`, halab(`logs ${name}`))];
  const found: Finding[] = [];
  // Beside the primary that the proxy names it is one of two, which is told already.
  if (role?.found === 'primary' && role.expected === 'replica' && name === primary?.name) {
    found.push(
      critical(
        'role-differs',
        `${name} is running as primary, but the proxy sends writes elsewhere.`,
        halab(`proxy point ${name}`),
      ),
    );
  }
  if (role?.found === 'replica' && role.expected === 'primary') {
    found.push(
      critical(
        'role-differs',
        `The proxy sends writes to ${name}, which is a replica and refuses them.`,
        halab(primary === undefined ? `failover --promote ${name}` : `proxy point ${primary.name}`),
      ),
    );
  }
  // Without a primary nothing can stream, and that is told already.
  if (primary !== undefined && replication !== null && replication.state !== 'streaming') {
    found.push(replicationFinding(node, replication, primary, halab));
  }
  if (replication?.replayDelay != null) {
    const { paused, delayMs } = replication.replayDelay;
    found.push(
      warning(
        'replays-late',
        `${name} replays ${paused ? 'nothing' : `each commit ${delayMs / 1000} s late`}: its reads are old.`,
        halab(`heal ${name}`),
      ),
    );
  }
  return found;
}

function proxyFindings(
  { configured, reached, state }: ProxyState,
  nodes: NodeState[],
  halab: Halab,
): Finding[] {
  const proxy = nodes.find(({ kind }) => kind === 'haproxy');
  if (proxy?.state !== 'running') return [];
  if (configured === null)
    return [
      critical(
        'proxy-unconfigured',
        'haproxy.cfg names no single server for writes.',
        halab('proxy point NODE'),
      ),
    ];
  if (state === 'down') {
    const primary = nodes.find(({ role }) => role?.found === 'primary');
    const target = nodes.find(({ name }) => name === configured);
    if (target?.state === 'running' && target.role?.found === 'primary') {
      return [
        critical(
          'proxy-down',
          `HAProxy does not reach ${configured}, though it runs.`,
          halab(`restart ${proxy.name}`),
        ),
      ];
    }
    return [
      critical(
        'proxy-target-down',
        `HAProxy sends writes to ${configured}, which does not take them: clients fail.`,
        halab(primary === undefined ? 'failover --promote' : `proxy point ${primary.name}`),
      ),
    ];
  }
  if (reached !== null && reached !== configured) {
    return [
      critical(
        'proxy-not-reloaded',
        `haproxy.cfg names ${configured}, but HAProxy still sends writes to ${reached}: it has not taken the file.`,
        halab(`proxy point ${configured}`),
      ),
    ];
  }
  return [];
}

/** Whether reads get where they should; nothing while writes fail too, which is told already. */
function readFindings({ reads, state }: ProxyState, nodes: NodeState[], halab: Halab): Finding[] {
  const proxy = nodes.find(({ kind }) => kind === 'haproxy');
  if (reads === null || proxy?.state !== 'running' || state === 'down') return [];
  // A session may have got to a node that hangs, before HAProxy takes it away: that one is told already.
  const oneHangs = nodes.some(
    (node) => node.role !== null && (node.state === 'paused' || node.problem !== null),
  );
  if (reads.reached === null && oneHangs) return [];
  if (reads.reached === null) {
    const message = `HAProxy’s port for reads, ${reads.port}, leads to no server that answers.`;
    return [critical('reads-down', message, halab(`logs ${proxy.name}`))];
  }
  const reached = nodes.find(({ name }) => name === reads.reached);
  const replica = nodes.find(({ replication }) => replication?.state === 'streaming');
  if (reached?.role?.found !== 'primary' || replica === undefined) return [];
  const message = `HAProxy sends reads to the primary ${reached.name}, though ${replica.name} follows.`;
  return [warning('reads-on-primary', message, halab(`logs ${proxy.name}`))];
}

/** Whether statements get through the pooler; nothing while writes fail behind it as well. */
function poolerFindings({ pooler, proxy, nodes }: Observed, halab: Halab): Finding[] {
  const node = nodes.find(({ kind }) => kind === 'pgbouncer');
  if (pooler === null || node === undefined) return [];
  if (pooler.paused)
    return [critical('pooler-paused', `${node.name} is paused: statements wait in it.`, halab('repair'))];
  if (pooler.reached !== null || proxy?.state !== 'up') return [];
  const message = `${node.name} on port ${pooler.port} reaches no server, though the proxy does.`;
  return [critical('pooler-down', message, halab(`logs ${node.name}`))];
}

/** What an operator should know, the worst first. Pure: the same observation gives the same findings. */
export function findingsOf(observed: Observed): Finding[] {
  const { stack, nodes, proxy, api, detail } = observed;
  const halab: Halab = (words) => typed(stack, words);
  const primary = nodes.find(({ name }) => name === detail.primary);
  const missing = api?.instances.filter((instance) => nodes.every(({ name }) => name !== instance)) ?? [];
  const lostSlots = detail.slots.filter(({ walStatus }) => walStatus === 'lost');
  const postgres = nodes.filter(({ kind }) => kind === 'postgres');
  const replicas = postgres.filter(({ role, state }) => role?.found === 'replica' && state === 'running');
  const all = [
    ...primaryFindings(observed, postgres, halab),
    ...(proxy === null ? [] : proxyFindings(proxy, nodes, halab)),
    ...nodes.flatMap(({ name, networkFaults }) =>
      networkFaults.map(({ fault, description }) =>
        warning(fault === 'slow' ? 'slow' : 'cut-off', `${name} is ${description}.`, halab(`heal ${name}`)),
      ),
    ),
    ...(proxy === null ? [] : readFindings(proxy, nodes, halab)),
    ...poolerFindings(observed, halab),
    ...nodes.flatMap((node) => nodeFindings(node, primary, halab)),
    ...(detail.primary !== null && replicas.length === 0
      ? [
          warning(
            'no-redundancy',
            `No replica follows ${detail.primary}: its loss would be the loss of the data.`,
            halab(postgres.length > 1 ? 'up' : 'replica add'),
          ),
        ]
      : []),
    ...(detail.primary !== null && detail.idleSessionTimeoutMs > 0
      ? [
          critical(
            'sessions-cut',
            `${detail.primary} ends each session after ${detail.idleSessionTimeoutMs} ms of rest: a switchover was cut off.`,
            halab('repair'),
          ),
        ]
      : []),
    ...syncFindings({ stack, detail }),
    ...missing.map((name) =>
      warning('api-missing', `HAProxy should send requests to ${name}, which has no container.`, halab('up')),
    ),
    ...lostSlots.map(({ name }) =>
      critical(
        'slot-lost',
        `The slot ${name} has lost WAL that its replica needs: it cannot catch up.`,
        halab(`rejoin ${name.replaceAll('_', '-')}`),
      ),
    ),
  ];
  return [
    ...all.filter(({ severity }) => severity === 'critical'),
    ...all.filter(({ severity }) => severity === 'warning'),
  ];
}
