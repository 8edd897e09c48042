import { lsnDistance } from '../nodes/postgres/lsn.js';
import { readQuorum } from '../nodes/postgres/sync.js';
import type { NodeState, Snapshot } from '../stack/snapshot.js';

type RepairAction =
  | 'create'
  | 'make room'
  | 'heal'
  | 'start'
  | 'restart'
  | 'fence'
  | 'failover'
  | 'proxy point'
  | 'let sessions be'
  | 'resume'
  | 'wait for replicas'
  | 'rejoin';

export interface RepairStep {
  action: RepairAction;
  node: string;
  /** What is wrong there. */
  why: string;
}

export interface RepairFacts {
  snapshot: Snapshot;
  /** Stopped PostgreSQL nodes that would start as a primary, with their data. */
  startAsPrimary: readonly string[];
  /** Nodes whose container somebody removed. */
  missing: readonly string[];
  /** Nodes whose disk is full. */
  filled: readonly string[];
}

const isPrimary = ({ role }: NodeState): boolean => role?.found === 'primary';

const isStopped = ({ state }: NodeState): boolean => state !== 'running' && state !== 'paused';

/** The server that stays the primary: the one that the proxy sends writes to, else the one on the newest timeline. */
function rightfulPrimary(primaries: readonly NodeState[], configured: string | null): NodeState | undefined {
  const newestFirst = [...primaries].sort((a, b) => (b.timeline ?? 0) - (a.timeline ?? 0));
  return newestFirst.find(({ name }) => name === configured) ?? newestFirst[0];
}

/** The one with the longest history first: the newest timeline, and of those the highest LSN. */
const byHistory = (a: NodeState, b: NodeState): number =>
  (b.timeline ?? 0) - (a.timeline ?? 0) || lsnDistance(a.lsn ?? '0/0', b.lsn ?? '0/0');

/** What brings a primary back where there is none: the old one, when it only has to be started; else a promotion. */
function planPrimary(servers: readonly NodeState[], { snapshot, startAsPrimary }: RepairFacts): RepairStep[] {
  const configured = snapshot.proxy?.configured ?? null;
  const startable = servers.filter((node) => isStopped(node) && startAsPrimary.includes(node.name));
  const old = startable.find(({ name }) => name === configured);
  if (old !== undefined)
    return [
      { action: 'start', node: old.name, why: 'it is the primary, and it holds every acknowledged write' },
    ];
  const [replica] = servers
    .filter(({ role, state }) => state === 'running' && role?.found === 'replica')
    .sort(byHistory);
  if (replica !== undefined)
    return [
      {
        action: 'failover',
        node: replica.name,
        why: `nobody is a primary, and ${configured ?? 'no node'} cannot be one`,
      },
    ];
  const other = startable[0] ?? servers.find(isStopped);
  return other === undefined ? [] : [{ action: 'start', node: other.name, why: 'no PostgreSQL server runs' }];
}

/** Why a node does not follow this primary as it should; undefined when it does, or is about to. */
function whyNotFollowing(node: NodeState, primary: NodeState): string | undefined {
  if (isStopped(node)) return `it is not running (${node.state})`;
  if (node.role?.found == null) return `it runs and does not answer`;
  if (node.replication === null) return undefined;
  const { state, forkLsn } = node.replication;
  if (forkLsn !== null) return `it went past ${forkLsn}, where ${primary.name} left its timeline`;
  return state === 'not streaming' ? `it does not stream from ${primary.name}` : undefined;
}

/**
 * The steps that bring a stack back to one primary, replicas that stream, and a proxy that points at the primary, as far
 * as they can be seen now: each may change what comes after it. Pure: `--dry-run` prints what the execution follows.
 */
export function planRepair(facts: RepairFacts): RepairStep[] {
  const { nodes, proxy, detail } = facts.snapshot;
  const configured = proxy?.configured ?? null;
  const steps: RepairStep[] = facts.missing.map((node) => ({
    action: 'create',
    node,
    why: 'its container was removed',
  }));
  for (const node of nodes) {
    const { name, state, replication } = node;
    // What is done to the network of a node ends with it.
    const [cut] = isStopped(node) ? [] : node.networkFaults;
    if (facts.filled.includes(name)) steps.push({ action: 'make room', node: name, why: 'its disk is full' });
    if (cut !== undefined) steps.push({ action: 'heal', node: name, why: `it is ${cut.description}` });
    else if (state === 'paused') steps.push({ action: 'heal', node: name, why: 'it is paused' });
    else if (replication?.replayDelay != null)
      steps.push({ action: 'heal', node: name, why: 'it replays late' });
  }
  for (const node of nodes) {
    if (node.kind !== 'postgres' && isStopped(node))
      steps.push({ action: 'start', node: node.name, why: `it is not running (${node.state})` });
  }
  const servers = nodes.filter(({ kind }) => kind === 'postgres');
  const primaries = servers.filter(isPrimary);
  const primary = rightfulPrimary(primaries, configured);
  if (primary === undefined) return [...steps, ...planPrimary(servers, facts)];
  for (const { name } of primaries) {
    if (name !== primary.name)
      steps.push({ action: 'fence', node: name, why: `it says primary beside ${primary.name}` });
  }
  if (detail.idleSessionTimeoutMs > 0)
    steps.push({
      action: 'let sessions be',
      node: primary.name,
      why: 'it ends idle sessions, for a switchover that was cut off',
    });
  if (configured !== primary.name)
    steps.push({ action: 'proxy point', node: primary.name, why: `writes go to ${configured ?? 'no node'}` });
  else if (proxy?.state === 'down') {
    for (const { name, kind, state } of nodes)
      if (kind === 'haproxy' && state === 'running')
        steps.push({ action: 'restart', node: name, why: `it lets nobody through to ${primary.name}` });
  }
  // Once there is a primary to go to: what waits in it sees no error then.
  const pooler = nodes.find(({ kind }) => kind === 'pgbouncer');
  if (pooler !== undefined && facts.snapshot.pooler?.paused === true)
    steps.push({
      action: 'resume',
      node: pooler.name,
      why: 'it is paused, for a switchover that was cut off',
    });
  for (const node of servers) {
    if (node.name === primary.name || node.state === 'paused') continue;
    const why = isPrimary(node) ? `it was a primary beside ${primary.name}` : whyNotFollowing(node, primary);
    if (why !== undefined) steps.push({ action: 'rejoin', node: node.name, why });
  }
  const asked = readQuorum(detail.sync?.names ?? '').replicas;
  const unasked = servers.filter(
    ({ name, replication }) => replication?.state === 'streaming' && !asked.includes(name),
  );
  if (detail.sync !== null && detail.sync.mode !== 'off' && unasked.length > 0)
    steps.push({
      action: 'wait for replicas',
      node: primary.name,
      why: `its writes do not wait for ${unasked.map(({ name }) => name).join(', ')}`,
    });
  return steps;
}
