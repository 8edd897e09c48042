import type { NodeState, ReplicationState, Snapshot } from '../../../src/stack/snapshot.js';

/** A replica that follows as it should. */
export const streaming: ReplicationState = {
  state: 'streaming',
  syncState: 'async',
  lagBytes: 0,
  lagMs: 0,
  forkLsn: null,
  replayDelay: null,
};

const node = (name: string, kind: NodeState['kind'], port: number): NodeState => ({
  name,
  kind,
  state: 'running',
  role: null,
  timeline: null,
  lsn: null,
  port,
  replication: null,
  networkFaults: [],
  problem: null,
});

/** What `observe` says of the classic stack when all is well; a change is made on a copy. */
export function healthySnapshot(): Snapshot {
  return {
    stack: 'halab',
    topology: 'classic',
    healthy: true,
    nodes: [
      {
        ...node('db-primary', 'postgres', 5432),
        role: { expected: 'primary', found: 'primary' },
        timeline: 1,
        lsn: '0/3000148',
      },
      {
        ...node('db-replica', 'postgres', 5433),
        role: { expected: 'replica', found: 'replica' },
        timeline: 1,
        lsn: '0/3000148',
        replication: streaming,
      },
      node('haproxy', 'haproxy', 5439),
      node('redis', 'redis', 6379),
    ],
    proxy: {
      writesTo: 'db-primary',
      configured: 'db-primary',
      reached: 'db-primary',
      state: 'up',
      reads: { port: 5440, reached: 'db-replica' },
    },
    cache: { hits: 120, misses: 30, hitRatio: 0.8, keys: 12 },
    api: null,
    pooler: null,
    findings: [],
    detail: {
      primary: 'db-primary',
      forkLsn: null,
      idleSessionTimeoutMs: 0,
      standbys: [],
      slots: [],
      sync: { mode: 'off', names: '' },
      redis: null,
    },
  };
}

/** The healthy snapshot with one node changed. */
export function withNode(name: string, change: Partial<NodeState>): Snapshot {
  const snapshot = healthySnapshot();
  return {
    ...snapshot,
    nodes: snapshot.nodes.map((one) => (one.name === name ? { ...one, ...change } : one)),
  };
}

/** The stack after its primary was stopped. */
export function withoutPrimary(): Snapshot {
  const snapshot = withNode('db-primary', {
    state: 'exited',
    role: { expected: 'primary', found: null },
    timeline: null,
    lsn: null,
  });
  return {
    ...snapshot,
    nodes: snapshot.nodes.map((one) =>
      one.name === 'db-replica'
        ? {
            ...one,
            replication: {
              state: 'not streaming',
              syncState: null,
              lagBytes: null,
              lagMs: null,
              forkLsn: null,
              replayDelay: null,
            },
          }
        : one,
    ),
    proxy: {
      writesTo: 'db-primary',
      configured: 'db-primary',
      reached: null,
      state: 'down',
      reads: { port: 5440, reached: 'db-replica' },
    },
    detail: { ...snapshot.detail, primary: null },
  };
}
