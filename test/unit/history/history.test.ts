import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock/clock.js';
import { HalabError } from '../../../src/errors/halab-error.js';
import type { HalabEvent } from '../../../src/events/events.js';
import { type History, recorded } from '../../../src/history/history.js';
import { historyFiles } from '../../../src/history/history-file.js';

const engine = { endpoint: { url: 'unix:///run/docker.sock' } };
const told = { node: 'db-replica', cause: 'db-primary was exited', timeline: { before: 1, after: 2 } };

let stateHome: string;
let history: History;
let events: HalabEvent[];

beforeEach(async () => {
  stateHome = await mkdtemp(join(tmpdir(), 'halab-history-'));
  history = historyFiles({ XDG_STATE_HOME: stateHome });
  events = [];
});

afterEach(() => rm(stateHome, { recursive: true, force: true }));

const failover = (work: () => Promise<string>): Promise<string> =>
  recorded(
    { clock: systemClock, emit: (event) => void events.push(event), history, engine },
    { operation: 'failover', stack: 'halab', node: 'db-replica' },
    work,
    () => told,
  );

const kept = () => history.read(engine.endpoint.url, 'halab');

describe('the history of a stack', () => {
  it('is empty before anything was done', async () => {
    expect(await kept()).toEqual([]);
  });

  it('keeps what was done, in order, with cause, timelines and duration', async () => {
    expect(await failover(() => Promise.resolve('done'))).toBe('done');
    await failover(() => Promise.resolve('done again'));
    const entries = await kept();
    expect(entries).toMatchObject([
      { operation: 'failover', outcome: 'done', ...told },
      { operation: 'failover', outcome: 'done', ...told },
    ]);
    expect(entries[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(entries[0]?.durationMs).toBeGreaterThanOrEqual(0);
  });

  it('keeps what failed half-way, and not what was refused', async () => {
    const failed = new HalabError('PROMOTION_FAILED', 'db-replica was not promoted.');
    await expect(failover(() => Promise.reject(failed))).rejects.toBe(failed);
    const refused = new HalabError('PRIMARY_ALIVE', 'db-primary answers.');
    await expect(failover(() => Promise.reject(refused))).rejects.toBe(refused);
    expect(await kept()).toMatchObject([
      {
        outcome: 'PROMOTION_FAILED',
        node: 'db-replica',
        cause: 'db-replica was not promoted.',
        timeline: null,
      },
    ]);
  });

  it('is kept apart for each stack and each engine', async () => {
    await failover(() => Promise.resolve('done'));
    expect(await history.read(engine.endpoint.url, 'second')).toEqual([]);
    expect(await history.read('tcp://lab:2375', 'halab')).toEqual([]);
  });

  it('survives a line that a crash cut off', async () => {
    await failover(() => Promise.resolve('done'));
    const directory = join(stateHome, 'halab');
    const [file = ''] = await readdir(directory);
    await appendFile(join(directory, file), '{"at":"2026-');
    await failover(() => Promise.resolve('done'));
    expect(await kept()).toHaveLength(2);
  });

  it('that cannot be written is a warning, and the operation goes on', async () => {
    history = historyFiles({ XDG_STATE_HOME: '/dev/null' });
    expect(await failover(() => Promise.resolve('done'))).toBe('done');
    expect(events).toMatchObject([{ type: 'note', severity: 'warning' }]);
  });
});
