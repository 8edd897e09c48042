import { describe, expect, it } from 'vitest';
import { planRepair } from '../../../src/repair/plan-repair.js';
import type { Snapshot } from '../../../src/stack/snapshot.js';
import { healthySnapshot, streaming, withNode, withoutPrimary } from '../stack/snapshots.js';

const planOf = (snapshot: Snapshot, startAsPrimary: string[] = []): string[] =>
  planRepair({ snapshot, startAsPrimary, missing: [], filled: [] }).map(
    ({ action, node }) => `${action} ${node}`,
  );

const pointed = (snapshot: Snapshot, configured: string): Snapshot => ({
  ...snapshot,
  proxy: { writesTo: configured, configured, reached: configured, state: 'up', reads: null },
});

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

  it('makes what was removed before anything else', () => {
    const facts = { snapshot: withoutPrimary(), startAsPrimary: [], missing: ['db-primary'], filled: [] };
    expect(planRepair(facts).map(({ action, node }) => `${action} ${node}`)[0]).toBe('create db-primary');
  });

  it('makes room on a full disk, and brings its server back as it would any other', () => {
    const facts = {
      snapshot: withoutPrimary(),
      startAsPrimary: ['db-primary'],
      missing: [],
      filled: ['db-primary'],
    };
    expect(planRepair(facts).map(({ action, node }) => `${action} ${node}`)).toEqual([
      'make room db-primary',
      'start db-primary',
    ]);
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
    ['has diverged', { ...streaming, forkLsn: '0/3000000' }],
    ['does not stream', { ...streaming, state: 'not streaming' }],
  ])('has a replica rejoin that %s', (_, found) => {
    expect(planOf(withNode('db-replica', { replication: found }))).toEqual(['rejoin db-replica']);
  });

  it('leaves a replica alone that catches up', () => {
    expect(planOf(withNode('db-replica', { replication: { ...streaming, state: 'catchup' } }))).toEqual([]);
  });

  it('ends faults first, and starts what is stopped', () => {
    const late = { ...streaming, replayDelay: { delayMs: 0, paused: true } };
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
      proxy: { writesTo: 'db-primary', configured: 'db-primary', reached: null, state: 'down', reads: null },
    };
    expect(planOf(held)).toEqual(['restart haproxy']);
  });

  it('lets sessions be, after a switchover that was cut off', () => {
    const snapshot = healthySnapshot();
    const detail = { ...snapshot.detail, idleSessionTimeoutMs: 1 };
    expect(planOf({ ...snapshot, detail })).toEqual(['let sessions be db-primary']);
  });

  it('has writes wait for the replicas again, where a failover was cut off before it did', () => {
    const snapshot = healthySnapshot();
    const suspended = { ...snapshot.detail, sync: { mode: 'on' as const, names: '' } };
    expect(planOf({ ...snapshot, detail: suspended })).toEqual(['wait for replicas db-primary']);
    const asked = { ...snapshot.detail, sync: { mode: 'on' as const, names: 'ANY 1 ("db-replica")' } };
    expect(planOf({ ...snapshot, detail: asked })).toEqual([]);
  });

  it('lets statements through a paused pooler once the proxy points at the primary', () => {
    const snapshot = healthySnapshot();
    const pgbouncer = {
      ...snapshot.nodes[0],
      name: 'pgbouncer',
      kind: 'pgbouncer',
      role: null,
      timeline: null,
    };
    const paused = {
      ...snapshot,
      nodes: [...snapshot.nodes, pgbouncer as Snapshot['nodes'][number]],
      pooler: { port: 6432, paused: true, reached: null },
    };
    expect(planOf(paused)).toEqual(['resume pgbouncer']);
    expect(planOf(pointed(paused, 'db-replica'))).toEqual(['proxy point db-primary', 'resume pgbouncer']);
  });
});
