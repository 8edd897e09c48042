import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../../src/stack/findings.js';
import type { Snapshot } from '../../../src/stack/snapshot.js';
import { renderStatus } from '../../../src/ui/render-status.js';
import { styleFor } from '../../../src/ui/style.js';
import { healthySnapshot, withNode, withoutPrimary } from '../stack/snapshots.js';

const plain = styleFor({ isTTY: true, columns: 80 }, { NO_COLOR: '1' });
const coloured = styleFor({ isTTY: true, columns: 80 }, { TERM: 'xterm' });

/** The screen of a snapshot with the findings that belong to it. */
function screen(snapshot: Snapshot, style = plain): string {
  const findings = findingsOf(snapshot);
  return renderStatus({ ...snapshot, findings, healthy: findings.length === 0 }, style);
}

const line = (text: string, start: string): string =>
  text.split('\n').find((one) => one.startsWith(start)) ?? '';

const twoPrimaries = withNode('db-replica', {
  role: { expected: 'replica', found: 'primary' },
  timeline: 2,
  replication: null,
});

const lostSlot = healthySnapshot();
lostSlot.detail.slots = [{ name: 'db_replica', active: false, retainedBytes: null, walStatus: 'lost' }];

const cases: Record<string, Snapshot> = {
  healthy: healthySnapshot(),
  'no primary': withoutPrimary(),
  'two primaries': twoPrimaries,
  'not streaming': withNode('db-replica', {
    replication: {
      state: 'not streaming',
      syncState: null,
      lagBytes: 0,
      lagMs: 0,
      forkLsn: null,
      replayDelay: null,
    },
  }),
  'catching up': withNode('db-replica', {
    replication: {
      state: 'catchup',
      syncState: 'async',
      lagBytes: 123_456_789,
      lagMs: null,
      forkLsn: null,
      replayDelay: null,
    },
  }),
  'far behind': withNode('db-replica', {
    lsn: 'FF/FFFFFFFF',
    replication: {
      state: 'streaming',
      syncState: 'async',
      lagBytes: 123_456_789,
      lagMs: 12_345,
      forkLsn: null,
      replayDelay: null,
    },
  }),
  'proxy not reloaded': {
    ...healthySnapshot(),
    proxy: {
      writesTo: 'db-primary',
      configured: 'db-replica',
      reached: 'db-primary',
      state: 'up',
      reads: null,
    },
  },
  'proxy names none': {
    ...healthySnapshot(),
    proxy: { writesTo: null, configured: null, reached: null, state: 'down', reads: null },
  },
  paused: withNode('db-primary', { state: 'paused', role: { expected: 'primary', found: null } }),
  silent: withNode('db-primary', {
    role: { expected: 'primary', found: null },
    problem: 'timeout expired while the connection was being made to the server on its published port',
  }),
  'no cache': { ...withNode('redis', { state: 'exited' }), cache: null },
  'a slot without WAL': lostSlot,
};

describe('the status screen', () => {
  it('says in one line that all is well', () => {
    const text = screen(healthySnapshot());
    expect(text).toContain('Stack halab (classic): healthy');
    expect(text).toContain('✔ Every role is as expected, replication streams, writes reach the primary.');
    expect(text).toContain('writes go to db-primary');
    expect(text).toContain('120 hits, 30 misses, ratio 80.0 %, 12 keys');
  });

  it('shows the role that was found beside the one that is expected, and marks a difference', () => {
    expect(line(screen(twoPrimaries), 'db-replica')).toMatch(/replica +! primary/);
    expect(line(screen(healthySnapshot()), 'db-replica')).toMatch(/replica +replica/);
  });

  it('shows "not streaming" instead of a lag of 0', () => {
    const text = line(screen(cases['not streaming'] ?? healthySnapshot()), 'db-replica');
    expect(text).toContain('not streaming');
    expect(text).not.toContain('0 B');
  });

  it('says where writes go and where they should go when that differs', () => {
    expect(screen(cases['proxy not reloaded'] ?? healthySnapshot())).toContain(
      'writes go to db-primary, but haproxy.cfg names db-replica',
    );
  });

  it.each(Object.keys(cases))('gives the remedy of every finding: %s', (name) => {
    const snapshot = cases[name] ?? healthySnapshot();
    const text = screen(snapshot).replaceAll(/\n +/g, ' ');
    for (const { message, hint } of findingsOf(snapshot)) {
      expect(text).toContain(message);
      expect(text).toContain(`→ ${hint}`);
    }
  });

  it.each(Object.keys(cases))('fits 80 columns: %s', (name) => {
    const tooLong = screen(cases[name] ?? healthySnapshot())
      .split('\n')
      .filter((one) => one.length > 80);
    expect(tooLong).toEqual([]);
  });

  it.each(Object.keys(cases))('has no escape code with NO_COLOR, and colours without: %s', (name) => {
    const snapshot = cases[name] ?? healthySnapshot();
    expect(screen(snapshot)).not.toContain('\x1b');
    expect(screen(snapshot, coloured)).toContain('\x1b[');
  });
});
