import { describe, expect, it } from 'vitest';
import type { NodeChange } from '../../../src/stack/control.js';
import type { StackSummary } from '../../../src/stack/list.js';
import type { LagRow } from '../../../src/stack/snapshot.js';
import type { UpResult } from '../../../src/stack/up.js';
import { renderCache } from '../../../src/ui/render-cache.js';
import { renderChange } from '../../../src/ui/render-change.js';
import { renderDoctor } from '../../../src/ui/render-doctor.js';
import { renderEnv } from '../../../src/ui/render-env.js';
import { renderImages, renderImagesRemoved } from '../../../src/ui/render-images.js';
import { renderLag } from '../../../src/ui/render-lag.js';
import { renderList } from '../../../src/ui/render-list.js';
import { renderDown, renderUp } from '../../../src/ui/render-stack.js';
import { styleFor } from '../../../src/ui/style.js';
import { wrap } from '../../../src/ui/wrap.js';

const style = styleFor({ columns: 80 }, {});

const upResult: UpResult = {
  stack: 'halab',
  topology: 'classic',
  created: ['db-primary', 'redis'],
  started: ['db-primary', 'redis'],
  removed: [],
  leftStopped: [],
  verification: {
    writtenTo: 'db-primary',
    replayedOn: ['db-replica'],
    redis: true,
    apiInstances: [],
    readFrom: 'db-replica',
  },
  endpoints: [{ name: 'db-primary', kind: 'postgres', address: '127.0.0.1:5432', purpose: 'primary' }],
  durationMs: 1512,
};

describe('up', () => {
  it('says what it made, what it verified, where it is and what to type next', () => {
    const text = renderUp(upResult, style);
    expect(text).toContain('is up after 1.51 s');
    expect(text).toContain('Created and started: db-primary, redis.');
    expect(text).toContain('went to db-primary and was replayed on db-replica; Redis answered.');
    expect(text).toContain('127.0.0.1:5432');
    expect(text).toContain('→ halab status');
  });

  it('says that there was nothing to do', () => {
    expect(renderUp({ ...upResult, created: [], started: [] }, style)).toContain(
      'Nothing to do: every node ran already.',
    );
  });

  it('tells what it started again apart from what it made', () => {
    const text = renderUp({ ...upResult, created: [] }, style);
    expect(text).toContain('Started: db-primary, redis.');
    expect(text).not.toContain('Created');
  });

  it('names the instances of the API that answered, and those it removed', () => {
    const verification = { ...upResult.verification, apiInstances: ['api-1', 'api-2'] };
    const text = renderUp({ ...upResult, created: [], started: [], removed: ['api-3'], verification }, style);
    expect(text).toContain('Redis answered; api-1, api-2 answered through HAProxy.');
    expect(text).toContain('Removed: api-3.');
    expect(text).not.toContain('Nothing to do');
  });

  it('names what it left stopped, and why', () => {
    const text = renderUp({ ...upResult, created: [], started: [], leftStopped: ['db-primary'] }, style);
    expect(text).toContain('db-primary stays stopped: it would start as a second primary.');
    expect(text).not.toContain('every node ran');
  });
});

describe('down', () => {
  const result = { stack: 'halab', containers: ['a', 'b'], volumes: ['v'], networks: ['n'], keptVolumes: [] };

  it('counts what it removed', () => {
    expect(renderDown(result, style)).toContain('2 containers, 1 volume, 1 network');
  });

  it('names the data it kept and what to do with it', () => {
    const text = renderDown({ ...result, volumes: [], keptVolumes: ['halab-db-primary'] }, style);
    expect(text).toContain('Kept: halab-db-primary.');
    expect(text).toContain('→ halab up');
  });
});

describe('the lag table', () => {
  const row: LagRow = {
    standby: 'db-replica',
    state: 'streaming',
    syncState: 'async',
    sentLsn: '0/3000200',
    flushLsn: '0/3000180',
    replayLsn: '0/3000100',
    sentLagBytes: 0,
    flushLagBytes: 128,
    replayLagBytes: 2048,
    flushLagMs: 1.4,
    replayLagMs: 2600,
    slot: { name: 'db_replica', active: true, retainedBytes: 16_777_216, walStatus: 'reserved' },
  };
  const lag = (replicas: LagRow[], primary: string | null = 'db-primary'): string =>
    renderLag({ stack: 'halab', primary, replicas }, style);

  it('shows sent, flushed and replayed WAL in bytes and time, and the slot', () => {
    const text = lag([row]);
    expect(text).toContain('db-replica: streaming, async');
    expect(text).toMatch(/flushed +0\/3000180 +128 B +1 ms/);
    expect(text).toMatch(/replayed +0\/3000100 +2\.0 kB +2\.60 s/);
    expect(text).toContain('db_replica, active, keeps 16.0 MB of WAL (reserved)');
  });

  it('says "not streaming" and shows no figures of a connection that is not there', () => {
    const text = lag([
      {
        ...row,
        state: 'not streaming',
        sentLsn: null,
        slot: { name: 'db_replica', active: false, retainedBytes: 99, walStatus: 'extended' },
      },
    ]);
    expect(text).toContain('db-replica: not streaming');
    expect(text).not.toContain('replayed');
    expect(text).toContain('inactive, keeps 99 B');
  });

  it('says that nothing streams when no primary answers, or that no replica follows', () => {
    expect(lag([], null)).toContain('No primary of the stack halab answers');
    expect(lag([])).toContain('No replica follows db-primary');
  });
});

describe('the cache table', () => {
  it('shows the look-ups of the API beside those of the server', () => {
    const text = renderCache(
      {
        stack: 'halab',
        api: { hits: 90, misses: 10, hitRatio: 0.9, keys: 7 },
        server: { hits: 95, misses: 20, hitRatio: 95 / 115, keys: 9, evicted: 3, expired: 4 },
        usedMemoryBytes: 1024 ** 2,
        maxMemoryBytes: 64 * 1024 ** 2,
      },
      style,
    );
    expect(text).toMatch(/hit ratio +90\.0 % +82\.6 %/);
    expect(text).toMatch(/evicted +3/);
    expect(text).toMatch(/memory limit +64\.0 MB/);
  });
});

describe('env', () => {
  it('prints exports that a shell takes, whatever is in the value', () => {
    const text = renderEnv({
      writeUrl: "postgres://it's",
      readUrl: 'r',
      poolerUrl: null,
      redisUrl: 'c',
      apiUrl: 'a',
      nodes: { 'db-primary': 'p' },
    });
    expect(text).toContain(`export HALAB_WRITE_URL='postgres://it'\\''s'\n`);
    expect(text).toContain(`export HALAB_NODE_DB_PRIMARY_URL='p'\n`);
  });
});

describe('ls', () => {
  const summary: StackSummary = {
    name: 'halab',
    topology: 'classic',
    nodes: { running: 3, total: 4 },
    ports: { 'db-primary': 5432, redis: 6379 },
    readPort: null,
    writesTo: 'db-primary',
    lab: null,
    volumes: [],
    networks: [],
  };

  it('shows running nodes, the primary and the ports', () => {
    expect(renderList([summary], style)).toMatch(/halab +classic +3\/4 +db-primary +5432 6379/);
  });

  it('tells data that was kept from what an interrupted command left', () => {
    const rest = { ...summary, nodes: { running: 0, total: 0 }, topology: null, writesTo: null, ports: {} };
    expect(renderList([{ ...rest, volumes: ['v'] }], style)).toContain('its data is kept in v');
    expect(renderList([{ ...rest, networks: ['n'] }], style)).toContain('an interrupted command left');
  });

  it('says how to make the first one', () => {
    expect(renderList([], style)).toContain('→ halab up');
  });
});

describe('stop, start, restart', () => {
  const change: NodeChange = {
    stack: 'halab',
    node: 'db-primary',
    before: 'running',
    after: 'exited',
    role: null,
    durationMs: 231,
    next: ['halab failover --promote'],
  };

  it('say what was done, how long it took, and what to type next', () => {
    const text = renderChange('stopped', change, style);
    expect(text).toContain('db-primary is stopped after 231 ms.');
    expect(text).toContain('→ halab failover --promote');
  });

  it('say when there was nothing to do', () => {
    expect(renderChange('stopped', { ...change, before: 'exited' }, style)).toContain('nothing to do');
    expect(renderChange('started', { ...change, after: 'running' }, style)).toContain('nothing to do');
  });

  it('say as what a server answers', () => {
    const started: NodeChange = { ...change, before: 'exited', after: 'running', role: 'replica', next: [] };
    expect(renderChange('started', started, style)).toContain('answers as a replica');
    expect(renderChange('restarted', started, style)).toContain('is restarted');
  });
});

describe('doctor', () => {
  it('puts the remedy under each check and ends with a verdict', () => {
    const text = renderDoctor(
      {
        usable: true,
        checks: [
          { name: 'engine', status: 'ok', message: 'Docker Engine 20.10', hint: null },
          { name: 'netem', status: 'warning', message: 'Not in this kernel.', hint: 'modprobe sch_netem' },
          { name: 'disk', status: 'unknown', message: 'cannot be seen', hint: null },
        ],
      },
      style,
    );
    expect(text).toContain('✔ engine  Docker Engine 20.10');
    expect(text).toMatch(/! netem +Not in this kernel\.\n +→ modprobe sch_netem/);
    expect(text).toContain('A stack can be started, with 1 warning.');
  });
});

describe('images', () => {
  it('names the engine and how it was found, then the images', () => {
    const engine = { url: 'unix:///var/run/docker.sock', foundBy: 'the usual socket', version: '20.10' };
    const images = [{ kind: 'redis' as const, tag: 'halab/redis:abc', built: true }];
    const text = renderImages({ engine, baseImage: 'debian:trixie-slim', images }, style);
    expect(text).toContain('at unix:///var/run/docker.sock, found by the usual socket');
    expect(text).toMatch(/redis +halab\/redis:abc +built now/);
  });

  it('says what was removed, or that there was nothing', () => {
    expect(renderImagesRemoved(['halab/redis:abc'], style)).toContain('halab/redis:abc');
    expect(renderImagesRemoved([], style)).toContain('Nothing to do');
  });
});

describe('wrapping', () => {
  it('breaks at spaces, indents what follows, and leaves a long word whole', () => {
    expect(wrap('one two three', 7, '  ')).toBe('one two\n  three');
    expect(wrap('a verylongword b', 5)).toBe('a\nverylongword\nb');
  });
});
