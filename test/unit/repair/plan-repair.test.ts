import { describe, expect, it } from 'vitest';
import { planRepair } from '../../../src/repair/plan-repair.js';
import type { Snapshot } from '../../../src/stack/snapshot.js';
import { healthySnapshot, withNode, withoutPrimary } from '../stack/snapshots.js';

const planOf = (snapshot: Snapshot, startAsPrimary: string[] = []): string[] =>
  planRepair({ snapshot, startAsPrimary }).map(({ action, node }) => `${action} ${node}`);

const pointed = (snapshot: Snapshot, configured: string): Snapshot => ({
  ...snapshot,
  proxy: { writesTo: configured, configured, reached: configured, state: 'up' },
});

const replication = {
  state: 'streaming',
  syncState: 'async',
  lagBytes: 0,
  lagMs: 0,
  forkLsn: null,
  replayDelay: null,
};

describe('the plan of a repair', () => {
  it('is empty for a healthy stack', () => {
    expect(planOf(healthySnapshot())).toEqual([]);
  });

  it('starts the old primary again where nobody took over: it holds every acknowledged write', () => {
    expect(planOf(withoutPrimary(), ['db-primary'])).toEqual(['start db-primary']);
  });

  it('promotes the replica where the old primary is fenced, or its data is lost', () => {
    expect(planOf(withoutPrimary(), [])).toEqual(['failover db-replica']);
  });

  it('starts what it can where no PostgreSQL server runs', () => {
    const snapshot = withoutPrimary();
    const nodes = snapshot.nodes.map((node) =>
      node.name === 'db-replica'
        ? {
            ...node,
            state: 'exited' as const,
            role: { expected: 'replica' as const, found: null },
            replication: null,
          }
        : node,
    );
    expect(planOf({ ...snapshot, nodes }, ['db-replica'])).toEqual(['start db-replica']);
    expect(planOf({ ...snapshot, nodes }, [])).toEqual(['start db-primary']);
  });

  it('points the proxy at the primary, and has the former one rejoin', () => {
    const promoted = withNode('db-replica', {
      role: { expected: 'replica', found: 'primary' },
      replication: null,
    });
    const nodes = promoted.nodes.map((node) =>
      node.name === 'db-primary'
        ? { ...node, state: 'exited' as const, role: { expected: 'primary' as const, found: null } }
        : node,
    );
    expect(planOf({ ...promoted, nodes })).toEqual(['proxy point db-replica', 'rejoin db-primary']);
  });

  it('of two primaries keeps the one that the proxy names, and fences the other', () => {
    const two = withNode('db-replica', {
      role: { expected: 'replica', found: 'primary' },
      timeline: 2,
      replication: null,
    });
    expect(planOf(two)).toEqual(['fence db-replica', 'rejoin db-replica']);
    expect(planOf(pointed(two, 'db-replica'))).toEqual(['fence db-primary', 'rejoin db-primary']);
    expect(planOf(pointed(two, 'nobody'))).toEqual([
      'fence db-primary',
      'proxy point db-replica',
      'rejoin db-primary',
    ]);
  });

  it.each([
    ['has diverged', { ...replication, forkLsn: '0/3000000' }],
    ['does not stream', { ...replication, state: 'not streaming' }],
  ])('has a replica rejoin that %s', (_, found) => {
    expect(planOf(withNode('db-replica', { replication: found }))).toEqual(['rejoin db-replica']);
  });

  it('leaves a replica alone that catches up', () => {
    expect(planOf(withNode('db-replica', { replication: { ...replication, state: 'catchup' } }))).toEqual([]);
  });

  it('ends faults first, and starts what is stopped', () => {
    const late = { ...replication, replayDelay: { delayMs: 0, paused: true } };
    const snapshot = withNode('db-replica', { replication: late });
    const nodes = snapshot.nodes.map((node) => {
      if (node.name === 'redis') return { ...node, state: 'exited' as const };
      return node.name === 'haproxy' ? { ...node, state: 'paused' as const } : node;
    });
    expect(planOf({ ...snapshot, nodes })).toEqual(['heal db-replica', 'heal haproxy', 'start redis']);
  });

  it('restarts a proxy that lets nobody through', () => {
    const held: Snapshot = {
      ...healthySnapshot(),
      proxy: { writesTo: 'db-primary', configured: 'db-primary', reached: null, state: 'down' },
    };
    expect(planOf(held)).toEqual(['restart haproxy']);
  });

  it('lets sessions be, after a switchover that was cut off', () => {
    const snapshot = healthySnapshot();
    const detail = { ...snapshot.detail, idleSessionTimeoutMs: 1 };
    expect(planOf({ ...snapshot, detail })).toEqual(['let sessions be db-primary']);
  });
});
