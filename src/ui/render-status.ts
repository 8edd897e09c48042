import type {
  ApiState,
  Finding,
  NodeState,
  PoolerState,
  ProxyState,
  ReplicationState,
  Snapshot,
} from '../stack/snapshot.js';
import { formatBytes, formatMs, formatRatio } from './format.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';
import { wrap } from './wrap.js';

/** A lag without a connection is no lag: it says so instead of showing a figure. */
function lagCell(replication: ReplicationState | null, { paint }: Style): string {
  if (replication === null) return '';
  const { state, lagBytes, lagMs } = replication;
  if (state === 'not streaming') return paint.red(state);
  if (lagBytes === null) return paint.yellow('not known');
  const lag = `${formatBytes(lagBytes)}${lagMs === null ? '' : `, ${formatMs(lagMs)}`}`;
  return state === 'streaming' ? lag : paint.yellow(`${state} ${formatBytes(lagBytes)}`);
}

/** Expected beside found; a difference is marked as repmgr marks it, and is never hidden. */
function roleCells({ role, state }: NodeState, { paint }: Style): [string, string] {
  if (role === null) return ['', ''];
  const { expected, found } = role;
  if (found === null) return [expected, paint.yellow(state === 'running' ? '? silent' : '–')];
  return [expected, found === expected ? found : paint.red(`! ${found}`)];
}

function stateCell({ state, problem }: NodeState, { paint }: Style): string {
  if (state !== 'running') return paint.red(state);
  return problem === null ? state : paint.red('silent');
}

/** Where writes go; where they should go too, when that is not the same. */
function proxyText({ configured, reached, state }: ProxyState): string {
  const named = configured === null ? 'haproxy.cfg names no server' : `haproxy.cfg names ${configured}`;
  if (state === 'down') return `writes fail: ${named}, and nobody answers behind it`;
  return configured === reached
    ? `writes go to ${reached ?? 'no server'}`
    : `writes go to ${reached ?? 'no server'}, but ${named}`;
}

/** With the server that one session reached: the next may reach another. */
function readsLine(reads: NonNullable<ProxyState['reads']>, { paint }: Style): string {
  const { port, reached } = reads;
  return reached === null
    ? paint.red(`       reads on port ${port} fail`)
    : `       reads on port ${port} reached ${reached}`;
}

function proxyLine(proxy: ProxyState, width: number, { paint }: Style): string {
  const text = wrap(proxyText(proxy), width - 7, '       ');
  return `Proxy  ${proxy.state === 'up' && proxy.configured === proxy.reached ? text : paint.red(text)}`;
}

function cacheLine({ cache, nodes }: Pick<Snapshot, 'cache' | 'nodes'>, { paint }: Style): string {
  if (cache !== null) {
    const { hits, misses, hitRatio, keys } = cache;
    return `Cache  ${hits} hits, ${misses} misses, ratio ${formatRatio(hitRatio)}, ${keys} keys`;
  }
  const redis = nodes.find(({ kind }) => kind === 'redis');
  return `Cache  ${paint.yellow(redis?.state === 'running' ? `${redis.name} does not answer` : 'no Redis runs')}`;
}

function poolerLine({ port, paused, reached }: PoolerState, { paint }: Style): string {
  if (paused) return paint.red(`Pooler paused: statements on port ${port} wait`);
  return reached === null
    ? paint.red(`Pooler statements on port ${port} reach no server`)
    : `Pooler statements on port ${port} reach ${reached}`;
}

function apiLine({ url, instances, answering }: ApiState, { paint }: Style): string {
  const text = `${answering.length} of ${instances.length} instances answer on ${url}`;
  return `API    ${answering.length === instances.length ? text : paint.red(text)}`;
}

function findingLines({ severity, message, hint }: Finding, width: number, { paint }: Style): string[] {
  const mark = severity === 'critical' ? paint.red('✖') : paint.yellow('!');
  return [
    `${mark} ${wrap(message, width - 2, '  ')}`,
    `  ${paint.cyan('→')} ${wrap(hint, width - 4, '    ')}`,
  ];
}

/** An operator's screen may be a small one; longer lines are read more slowly besides. */
const maxColumns = 80;

/** The whole stack on one screen, at most 80 columns wide with the names of the classic topology. */
export function renderStatus(snapshot: Omit<Snapshot, 'detail'>, style: Style): string {
  const { stack, topology, healthy, nodes, proxy, pooler, cache, api, findings } = snapshot;
  const { paint } = style;
  const width = Math.min(style.columns, maxColumns);
  const critical = findings.some(({ severity }) => severity === 'critical');
  const verdict = healthy
    ? paint.green('healthy')
    : critical
      ? paint.red('not healthy')
      : paint.yellow('not healthy');
  return [
    `Stack ${paint.bold(stack)} (${topology}): ${verdict}`,
    '',
    renderTable(
      ['NODE', 'EXPECTED', 'FOUND', 'STATE', 'TL', 'LSN', 'LAG', 'PORT'],
      nodes.map((node) => [
        node.name,
        ...roleCells(node, style),
        stateCell(node, style),
        node.timeline === null ? '' : String(node.timeline),
        node.lsn ?? '',
        lagCell(node.replication, style),
        String(node.port),
      ]),
      style,
      [4, 7],
    ),
    '',
    ...(proxy === null ? [] : [proxyLine(proxy, width, style)]),
    ...(proxy?.reads == null ? [] : [readsLine(proxy.reads, style)]),
    ...(pooler === null ? [] : [poolerLine(pooler, style)]),
    cacheLine({ cache, nodes }, style),
    ...(api === null ? [] : [apiLine(api, style)]),
    '',
    ...(healthy
      ? [`${paint.green('✔')} Every role is as expected, replication streams, writes reach the primary.`]
      : findings.flatMap((finding) => findingLines(finding, width, style))),
    '',
  ].join('\n');
}
