import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../../src/stack/findings.js';
import type { Snapshot } from '../../../src/stack/snapshot.js';
import { healthySnapshot, withNode, withoutPrimary } from './snapshots.js';

const codes = (snapshot: Snapshot): string[] => findingsOf(snapshot).map(({ code }) => code);
const hints = (snapshot: Snapshot): string[] => findingsOf(snapshot).map(({ hint }) => hint);

describe('findings', () => {
  it('are none when all is well', () => {
    expect(findingsOf(healthySnapshot())).toEqual([]);
  });

  it('name the failover as the remedy when the primary is gone', () => {
    const snapshot = withoutPrimary();
    expect(codes(snapshot)).toEqual(['no-primary', 'proxy-target-down', 'node-stopped']);
    expect(hints(snapshot)[0]).toBe('halab failover --promote db-replica');
  });

  it('do not tell of a replica that cannot stream when there is no primary to stream from', () => {
    expect(codes(withoutPrimary())).not.toContain('not-streaming');
  });

  it('tell of a replica that is not streaming although its lag is 0', () => {
    const snapshot = withNode('db-replica', {
      replication: {
        state: 'not streaming',
        syncState: null,
        lagBytes: 0,
        lagMs: null,
        forkLsn: null,
        replayDelay: null,
      },
    });
    expect(codes(snapshot)).toEqual(['not-streaming']);
  });

  it('tell of an instance of the API that HAProxy names and that is gone', () => {
    const snapshot: Snapshot = {
      ...healthySnapshot(),
      api: { url: 'http://127.0.0.1:3000', instances: ['api-1'], answering: [] },
    };
    expect(findingsOf(snapshot)).toMatchObject([
      { severity: 'warning', code: 'api-missing', hint: 'halab up' },
    ]);
  });

  it('only warn of a replica that catches up', () => {
    const snapshot = withNode('db-replica', {
      replication: {
        state: 'catchup',
        syncState: 'async',
        lagBytes: 5000,
        lagMs: null,
        forkLsn: null,
        replayDelay: null,
      },
    });
    expect(findingsOf(snapshot)).toMatchObject([{ severity: 'warning', code: 'catching-up' }]);
  });

  it('tell of a replica that went past the fork, and where that was', () => {
    const snapshot = withNode('db-replica', {
      lsn: '0/4000000',
      replication: {
        state: 'not streaming',
        syncState: null,
        lagBytes: null,
        lagMs: null,
        forkLsn: '0/3000000',
        replayDelay: null,
      },
    });
    expect(findingsOf(snapshot)).toMatchObject([{ severity: 'critical', code: 'diverged' }]);
    expect(findingsOf(snapshot)[0]?.message).toContain(
      'at 0/4000000 on timeline 1, which db-primary left at 0/3000000',
    );
  });

  it('name both servers and their timelines when two say primary', () => {
    const observed = withNode('db-replica', {
      role: { expected: 'replica', found: 'primary' },
      timeline: 2,
      replication: null,
    });
    const snapshot = { ...observed, detail: { ...observed.detail, forkLsn: '0/3000148' } };
    const [first, ...rest] = findingsOf(snapshot);
    expect(first).toMatchObject({
      severity: 'critical',
      code: 'two-primaries',
      hint: 'halab fence db-replica',
    });
    expect(first?.message).toContain('db-primary on timeline 1, db-replica on timeline 2');
    expect(first?.message).toContain('Their histories part at 0/3000148. Writes go to db-primary;');
    expect(rest.map(({ code }) => code)).not.toContain('role-differs');
  });

  it('tell when the proxy sends writes to a replica', () => {
    const snapshot: Snapshot = {
      ...withNode('db-replica', { role: { expected: 'primary', found: 'replica' } }),
      proxy: {
        writesTo: 'db-replica',
        configured: 'db-replica',
        reached: 'db-replica',
        state: 'up',
        reads: null,
      },
    };
    const found = findingsOf({
      ...snapshot,
      nodes: snapshot.nodes.map((node) =>
        node.name === 'db-primary' ? { ...node, role: { expected: 'replica', found: 'primary' } } : node,
      ),
    });
    expect(found.map(({ code }) => code)).toEqual(['role-differs', 'role-differs']);
    expect(found.map(({ hint }) => hint)).toEqual([
      'halab proxy point db-primary',
      'halab proxy point db-primary',
    ]);
  });

  it('tell when haproxy.cfg was changed and not loaded', () => {
    const snapshot: Snapshot = {
      ...healthySnapshot(),
      proxy: {
        writesTo: 'db-primary',
        configured: 'db-replica',
        reached: 'db-primary',
        state: 'up',
        reads: null,
      },
    };
    expect(codes(snapshot)).toEqual(['proxy-not-reloaded']);
  });

  it('tell of a paused node, which holds connections', () => {
    expect(codes(withNode('redis', { state: 'paused' }))).toEqual(['node-paused']);
  });

  it('tell of a node that runs and does not answer', () => {
    const [finding] = findingsOf(withNode('redis', { problem: 'Connection is closed' }));
    expect(finding).toMatchObject({ severity: 'critical', code: 'node-silent', hint: 'halab logs redis' });
  });

  it('tell that nothing follows the primary', () => {
    const snapshot = withNode('db-replica', {
      state: 'exited',
      role: { expected: 'replica', found: null },
      replication: null,
    });
    expect(codes(snapshot)).toEqual(['node-stopped', 'no-redundancy']);
  });

  it('tell of a slot that lost the WAL its replica needs', () => {
    const snapshot = healthySnapshot();
    snapshot.detail.slots = [{ name: 'db_replica', active: false, retainedBytes: null, walStatus: 'lost' }];
    expect(codes(snapshot)).toEqual(['slot-lost']);
  });

  it('put what is critical before what is a warning', () => {
    const severities = findingsOf(withoutPrimary()).map(({ severity }) => severity);
    expect(severities).toEqual(['critical', 'critical', 'warning']);
  });

  it('name the stack in their commands unless it is the default one', () => {
    const ofSecond = findingsOf({ ...withoutPrimary(), stack: 'second' });
    for (const { hint } of ofSecond) expect(hint).toMatch(/^halab .* --stack second$/);
    for (const hint of hints(withoutPrimary())) expect(hint).not.toContain('--stack');
  });
});

describe('the port for reads', () => {
  const reaching = (reached: string | null): Snapshot => {
    const snapshot = healthySnapshot();
    if (snapshot.proxy !== null) snapshot.proxy.reads = { port: 5440, reached };
    return snapshot;
  };

  it('is told when it leads nowhere, though writes go through', () => {
    expect(findingsOf(reaching(null))).toMatchObject([{ severity: 'critical', code: 'reads-down' }]);
  });

  it('is told when it leads to the primary, though a replica follows', () => {
    expect(findingsOf(reaching('db-primary'))).toMatchObject([
      { severity: 'warning', code: 'reads-on-primary' },
    ]);
  });

  it('leads to the primary while no replica follows, and nothing is wrong with that', () => {
    const { proxy } = reaching('db-primary');
    const codes = findingsOf({
      ...withNode('db-replica', { state: 'exited', replication: null }),
      proxy,
    }).map(({ code }) => code);
    expect(codes).not.toContain('reads-on-primary');
  });
});

describe('synchronous replication', () => {
  const withSync = (names: string, streaming: boolean): Snapshot => {
    const snapshot = healthySnapshot();
    snapshot.detail.sync = { mode: 'on', names };
    const standby = {
      name: 'db-replica',
      state: 'streaming',
      syncState: 'quorum',
      sentLsn: null,
      flushLsn: null,
      replayLsn: null,
      sentLagBytes: 0,
      flushLagBytes: 0,
      replayLagBytes: 0,
      flushLagMs: null,
      replayLagMs: null,
    };
    if (streaming) snapshot.detail.standbys = [standby];
    return snapshot;
  };

  it('is well while as many replicas stream as a write waits for', () => {
    expect(codes(withSync('ANY 1 ("db-replica", "db-replica-2")', true))).toEqual([]);
  });

  it('has writes wait when they do not, which is told with the way out', () => {
    const snapshot = withSync('ANY 1 ("db-replica")', false);
    expect(codes(snapshot)).toEqual(['sync-waits']);
    expect(hints(snapshot)[0]).toContain('halab up --sync off');
  });

  it('is told when the primary waits for nobody, as after a failover that left no replica', () => {
    expect(codes(withSync('', false))).toEqual(['sync-suspended']);
  });
});
