import { askInstance } from '../nodes/api/answers.js';
import type { KindName, Role } from '../nodes/node-kind.js';
import { lsnDistance } from '../nodes/postgres/lsn.js';
import { readServerState, type ServerState } from '../nodes/postgres/server-state.js';
import { forkBetween, forkPassedBy } from '../nodes/postgres/timeline-history.js';
import type { PostgresAddress } from '../nodes/postgres/url.js';
import { readCacheState } from '../nodes/redis/cache-state.js';
import type { StackAccess } from './access.js';
import type { EngineAnswers } from './engine-answers.js';
import { findingsOf } from './findings.js';
import { describeNetworkFault } from './network-fault.js';
import { readPoolerState } from './pooler-state.js';
import type { ApiState, NodeState, ProxyState, ReplicationState, Snapshot } from './snapshot.js';
import { nodesOfKind, type Stack, type StackNode } from './stack.js';
import { reachedAt } from './verify.js';

const askTimeoutMs = 1000;

type Answer<T> = { value: T } | { problem: string };

async function ask<T>(question: Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await question };
  } catch (error) {
    return { problem: error instanceof Error && error.message !== '' ? error.message : String(error) };
  }
}

function replicationOf(
  node: StackNode,
  replica: ServerState,
  primary: ServerState | undefined,
): ReplicationState {
  const standby = primary?.standbys.find(({ name }) => name === node.name);
  const late = replica.replayDelay;
  const replayDelay = late !== null && (late.paused || late.delayMs > 0) ? late : null;
  const forkLsn = primary === undefined ? null : (forkPassedBy(replica, primary.endedTimelines) ?? null);
  // A walsender in state `startup` has sent nothing: it may be refusing a replica that cannot follow. To one that
  // went past the fork it sends the old timeline from the start of a WAL file, and looks like streaming meanwhile.
  if (primary === undefined || standby === undefined || standby.state === 'startup' || forkLsn !== null) {
    return {
      // Without a primary to ask, the replica's own walreceiver tells.
      state:
        primary === undefined && replica.walReceiver?.status === 'streaming' ? 'streaming' : 'not streaming',
      syncState: null,
      lagBytes: primary === undefined ? null : Math.max(0, lsnDistance(replica.lsn, primary.lsn)),
      lagMs: null,
      forkLsn,
      replayDelay,
    };
  }
  const { state, syncState, replayLagBytes, replayLagMs } = standby;
  return {
    state,
    syncState,
    lagBytes: replayLagBytes,
    // The primary measures time only while there is WAL to replay.
    lagMs: replayLagBytes === 0 ? 0 : (replayLagMs ?? replica.replayedAgoMs),
    forkLsn,
    replayDelay,
  };
}

async function observeProxy(stack: Stack, { access, configured }: EngineAnswers): Promise<ProxyState | null> {
  const [haproxy] = nodesOfKind(stack, 'haproxy');
  if (haproxy === undefined) return null;
  const reachedBy = async (address: PostgresAddress | undefined): Promise<string | null> => {
    if (address === undefined || haproxy.state !== 'running') return null;
    const answer = await ask(reachedAt(address, askTimeoutMs));
    return 'value' in answer ? (answer.value ?? null) : null;
  };
  const [reached, readsReached] = await Promise.all([
    reachedBy(access.writes('monitor')),
    reachedBy(access.reads('monitor')),
  ]);
  return {
    writesTo: reached ?? configured ?? null,
    configured: configured ?? null,
    reached,
    state: reached === null ? 'down' : 'up',
    reads: haproxy.readPort === null ? null : { port: haproxy.readPort, reached: readsReached },
  };
}

/** What each instance of the API answers through HAProxy; nothing while HAProxy does not run. */
async function askInstances(stack: Stack, access: StackAccess): Promise<Map<string, Answer<true>>> {
  if (nodesOfKind(stack, 'haproxy').every(({ state }) => state !== 'running')) return new Map();
  const running = nodesOfKind(stack, 'api').filter(({ state }) => state === 'running');
  return new Map(
    await Promise.all(
      running.map(
        async ({ name }): Promise<[string, Answer<true>]> => [
          name,
          await ask(askInstance(access.api(), name, askTimeoutMs)),
        ],
      ),
    ),
  );
}

function apiState(
  stack: Stack,
  { access, apiInstances }: EngineAnswers,
  answers: ReadonlyMap<string, Answer<true>>,
): ApiState | null {
  const found = nodesOfKind(stack, 'api').map(({ name }) => name);
  const instances = [...new Set([...found, ...apiInstances])].sort();
  if (instances.length === 0) return null;
  const answering = instances.filter((name) => {
    const answer = answers.get(name);
    return answer !== undefined && 'value' in answer;
  });
  return { url: access.api(), instances, answering };
}

/** Asks every running server once, side by side, and says what is true of the stack now. */
export async function observe(stack: Stack, answers: EngineAnswers): Promise<Snapshot> {
  const { access } = answers;
  const running = stack.nodes.filter(({ state }) => state === 'running');
  const pooler = running.find(({ kind }) => kind === 'pgbouncer');
  const [proxy, servers, redis, instances, pooled] = await Promise.all([
    observeProxy(stack, answers),
    Promise.all(
      running
        .filter(({ kind }) => kind === 'postgres')
        .map(async (node) => ({
          node,
          answer: await ask(readServerState(access.postgres(node, 'monitor'), askTimeoutMs)),
        })),
    ),
    running.some(({ kind }) => kind === 'redis')
      ? ask(readCacheState(access.redis(), askTimeoutMs))
      : undefined,
    askInstances(stack, access),
    pooler === undefined ? undefined : ask(readPoolerState(access, pooler, askTimeoutMs)),
  ]);
  const serverAnswers = new Map(servers.map(({ node, answer }) => [node.name, answer]));
  const stateOf = (name: string): ServerState | undefined => {
    const answer = serverAnswers.get(name);
    return answer !== undefined && 'value' in answer ? answer.value : undefined;
  };
  const primaries = running.filter(({ name }) => stateOf(name)?.role === 'primary').map(({ name }) => name);
  const expectedPrimary = proxy?.configured ?? primaries[0];
  const primaryName = primaries.find((name) => name === expectedPrimary) ?? primaries[0] ?? null;
  const primary = primaryName === null ? undefined : stateOf(primaryName);
  const second = primaries.find((name) => name !== primaryName);
  const other = second === undefined ? undefined : stateOf(second);

  const nodes = stack.nodes.map((node): NodeState => {
    const server = stateOf(node.name);
    const answer =
      ({ redis, pgbouncer: pooled } as Partial<Record<KindName, Answer<unknown>>>)[node.kind] ??
      serverAnswers.get(node.name) ??
      instances.get(node.name);
    const expected: Role = node.name === expectedPrimary ? 'primary' : 'replica';
    return {
      name: node.name,
      kind: node.kind,
      state: node.state,
      role: node.kind === 'postgres' ? { expected, found: server?.role ?? null } : null,
      timeline: server?.timeline ?? null,
      lsn: server?.lsn ?? null,
      port: node.port,
      replication: server?.role === 'replica' ? replicationOf(node, server, primary) : null,
      networkFaults: stack.networkFaults
        .filter((each) => each.node === node.name)
        .map((each) => ({ fault: each.fault, description: describeNetworkFault(each) })),
      problem: answer !== undefined && 'problem' in answer ? answer.problem : null,
    };
  });
  const cache = redis !== undefined && 'value' in redis ? redis.value : null;
  const observed = {
    stack: stack.name,
    topology: stack.topology,
    nodes,
    proxy,
    api: apiState(stack, answers, instances),
    pooler: pooled !== undefined && 'value' in pooled ? pooled.value : null,
    cache:
      cache === null
        ? null
        : {
            hits: cache.api.hits,
            misses: cache.api.misses,
            hitRatio: cache.api.hitRatio,
            keys: cache.api.keys,
          },
    detail: {
      primary: primaryName,
      forkLsn: other === undefined || primary === undefined ? null : (forkBetween(primary, other) ?? null),
      idleSessionTimeoutMs: primary?.idleSessionTimeoutMs ?? 0,
      standbys: primary?.standbys ?? [],
      slots: primary?.slots ?? [],
      sync: primary?.sync ?? null,
      redis: cache,
    },
  };
  const findings = findingsOf(observed);
  return { ...observed, findings, healthy: findings.length === 0 };
}
