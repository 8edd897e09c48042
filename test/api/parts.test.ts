import fc from 'fast-check';
import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { isRefreshDue } from '../../src/api/cache/early-refresh.js';
import { PendingInvalidations } from '../../src/api/cache/pending-invalidations.js';
import { SingleFlight } from '../../src/api/cache/single-flight.js';
import { diagnose } from '../../src/api/database-errors.js';
import { judge, type ServerFacts } from '../../src/api/database-monitor.js';
import { type DependencyChange, DependencyState } from '../../src/api/dependency-state.js';
import { Gate } from '../../src/api/gate.js';
import { ReplayProgress } from '../../src/api/replay-progress.js';
import {
  beyondEveryPosition,
  formatWalPosition,
  holdsPosition,
  laterPosition,
  parseWalPosition,
  type WalPosition,
} from '../../src/api/wal-position.js';

describe('which server can be used', () => {
  const primary: ServerFacts = { inRecovery: false, startedAt: 'a', streaming: false, lsn: 9n };
  const replica: ServerFacts = { inRecovery: true, startedAt: 'b', streaming: true, lsn: 9n };
  const gone = new Error('gone');

  test('a primary and a streaming replica: both', () => {
    expect(judge(primary, replica)).toEqual({ primary: null, replica: null });
  });
  test('a replica that does not stream is left out while there is a primary, and used while there is none', () => {
    expect(judge(primary, { ...replica, streaming: false }).replica).toBeInstanceOf(Error);
    expect(judge(gone, { ...replica, streaming: false })).toEqual({ primary: gone, replica: null });
  });
  test('a read server that was promoted is used when writes go to it as well', () => {
    expect(judge(primary, primary).replica).toBeNull();
  });
  test('a second primary is not read from: it may be the old one', () => {
    expect(judge(primary, { ...primary, startedAt: 'b' }).replica).toBeInstanceOf(Error);
  });
  test('a read-only server is no primary', () => {
    expect(judge(replica, replica).primary).toBeInstanceOf(Error);
  });
});

describe('what an error means', () => {
  const server = (code: string): Error => Object.assign(new Error(code), { code, severity: 'ERROR' });
  test.each([
    ['25006', { kind: 'lost', outcome: 'not-applied' }],
    ['57P05', { kind: 'lost', outcome: 'not-applied' }],
    ['57P01', { kind: 'lost', outcome: 'unknown' }],
    ['57P03', { kind: 'lost', outcome: 'unknown' }],
    ['08006', { kind: 'lost', outcome: 'unknown' }],
    ['57014', { kind: 'busy' }],
    ['53300', { kind: 'busy' }],
    ['0A000', { kind: 'stale-session' }],
    ['23505', { kind: 'statement' }],
    ['22003', { kind: 'statement' }],
  ])('SQLSTATE %s', (code, diagnosis) => {
    expect(diagnose(server(code))).toEqual(diagnosis);
  });
  test("an error of the connection is not the server's", () => {
    expect(diagnose(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))).toEqual({
      kind: 'lost',
      outcome: 'unknown',
    });
  });
  test('what the driver did not send was not done', async () => {
    const client = new Client();
    client.on('error', () => undefined);
    await client.end();
    const error: unknown = await client.query('SELECT 1').catch((reason: unknown) => reason);
    expect(diagnose(error)).toEqual({ kind: 'lost', outcome: 'not-applied' });
  });
});

describe('the state of a dependency', () => {
  test('is told once for each change', () => {
    const changes: DependencyChange[] = [];
    const state = new DependencyState('redis', (change) => changes.push(change));
    state.up(state.mark());
    state.down(new Error('one'));
    state.down(new Error('two'));
    state.up(state.mark());
    expect(changes.map((change) => [change.state, change.lastError])).toEqual([
      ['down', 'one'],
      ['up', 'two'],
    ]);
  });
  test('is not up because of a success that began before the failure', () => {
    const state = new DependencyState('primary');
    const mark = state.mark();
    state.down(new Error('gone'));
    state.up(mark);
    expect(state.isUp).toBe(false);
  });
});

describe('the line at the database', () => {
  test('lets as many run as there are slots, and the next one when one leaves', async () => {
    const gate = new Gate(1, 1);
    await gate.enter(1_000);
    const second = gate.enter(1_000);
    await expect(gate.enter(1_000)).rejects.toThrow('waiting already');
    gate.leave();
    await second;
    expect([gate.running, gate.waiting]).toEqual([1, 0]);
    gate.leave();
    expect(gate.running).toBe(0);
  });
  test('does not wait for ever, and forgets who gave up', async () => {
    const gate = new Gate(1, 1);
    await gate.enter(1_000);
    await expect(gate.enter(10)).rejects.toThrow('within 10 ms');
    expect(gate.waiting).toBe(0);
    const waiting = gate.enter(1_000);
    gate.refuseWaiting(new Error('the server is gone'));
    await expect(waiting).rejects.toThrow('gone');
  });
});

describe('what could not be invalidated while Redis was away', () => {
  test('is remembered with the last version, whatever the order of the acknowledgements', () => {
    const pending = new PendingInvalidations();
    pending.add('1', 3n);
    pending.add('1', 2n);
    pending.add('2', 'deleted');
    pending.add('2', 9n);
    pending.add('3', 'deleted');
    pending.add('3', 1n);
    expect(pending.take()).toEqual([
      ['1', 3n],
      ['2', 'deleted'],
      ['3', 1n],
    ]);
    expect(pending.isEmpty).toBe(true);
  });

  test('is taken back when it could not be sent, behind what was written since', () => {
    const pending = new PendingInvalidations();
    pending.add('1', 3n);
    const taken = pending.take();
    pending.add('1', 4n);
    pending.restore(taken);
    expect(pending.take()).toEqual([['1', 4n]]);
  });

  test('becomes "all" when it is too much to remember', () => {
    const pending = new PendingInvalidations(2);
    for (const id of ['a', 'b', 'b']) pending.add(id, 2n);
    expect(pending.take()).toHaveLength(2);
    for (const id of ['a', 'b', 'c', 'd']) pending.add(id, 2n);
    expect(pending.isEmpty).toBe(false);
    expect(pending.take()).toBe('all');
    pending.restore('all');
    expect(pending.take()).toBe('all');
  });
});

describe('how far a server has come', () => {
  const written = (...positions: [bigint, number][]): ReplayProgress => {
    const progress = new ReplayProgress(3);
    for (const [lsn, atMs] of positions) progress.written(lsn, atMs);
    return progress;
  };

  test('is not known before it holds a position of the primary', () => {
    expect(new ReplayProgress().heldUntilMs(99n)).toBe(Number.NEGATIVE_INFINITY);
    expect(written([100n, 1_000]).heldUntilMs(99n)).toBe(Number.NEGATIVE_INFINITY);
    expect(written([100n, 1_000]).heldUntilMs(100n)).toBe(1_000);
  });

  test('is the time of the last position that it holds, for each of several servers by itself', () => {
    const progress = written([100n, 1_000], [200n, 2_000], [300n, 3_000]);
    expect(progress.heldUntilMs(300n)).toBe(3_000);
    expect(progress.heldUntilMs(250n)).toBe(2_000);
  });

  test('goes on after a failover that lost what no server will ever hold', () => {
    expect(written([500n, 1_000], [410n, 2_000]).heldUntilMs(410n)).toBe(2_000);
  });

  test('is not known of a server that is further behind than is remembered', () => {
    expect(written([1n, 1], [2n, 2], [3n, 3], [4n, 4]).heldUntilMs(1n)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('a position in the WAL', () => {
  const at = (text: string): WalPosition => {
    const position = parseWalPosition(text);
    if (position === undefined) throw new Error(text);
    return position;
  };

  test('is written as the timeline and PostgreSQL’s LSN', () => {
    expect(at('3-1A/2B3C4D')).toEqual({ timeline: 3, lsn: 0x1a_002b3c4dn });
    for (const text of ['1-0/0', '3-1A/2B3C4D', '4294967295-FFFFFFFF/FFFFFFFF'])
      expect(formatWalPosition(at(text))).toBe(text);
    expect(formatWalPosition(beyondEveryPosition)).toBe('4294967295-FFFFFFFF/FFFFFFFF');
  });

  test.each(['', '1', '0/0', '0-0/0', '1-0/', '1-0/123456789', '4294967296-0/0', '1-g/0', ' 1-0/0'])(
    'is not %j',
    (text) => {
      expect(parseWalPosition(text)).toBeUndefined();
    },
  );

  test('is held by a server that has come as far, on the same timeline or a later one', () => {
    expect(holdsPosition(at('1-0/5'), at('1-0/5'))).toBe(true);
    expect(holdsPosition(at('1-0/4'), at('1-0/5'))).toBe(false);
    expect(holdsPosition(at('1-0/9'), at('2-0/5'))).toBe(false);
    expect(holdsPosition(at('2-0/9'), at('1-0/5'))).toBe(true);
    // It receives timeline 2 and still replays timeline 1.
    expect(holdsPosition(at('2-0/4'), at('1-0/5'))).toBe(false);
  });

  test('is later on a later timeline, whatever the LSN', () => {
    expect(laterPosition(at('2-0/1'), at('1-0/9'))).toEqual(at('2-0/1'));
    expect(laterPosition(at('1-0/9'), at('2-0/1'))).toEqual(at('2-0/1'));
    expect(laterPosition(at('1-0/1'), at('1-0/2'))).toEqual(at('1-0/2'));
    expect(laterPosition(at('1-0/1'), undefined)).toEqual(at('1-0/1'));
  });
});

describe('early refresh', () => {
  test('is never due for a value whose load takes no time, and always once it has expired', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 60_000 }),
        (chance, ms) => {
          expect(isRefreshDue(ms, 0, chance)).toBe(false);
          expect(isRefreshDue(0, ms, chance)).toBe(true);
        },
      ),
    );
  });

  test('comes a load’s time ahead of the end, on the average', () => {
    // The lead is exponentially distributed with the load time as its mean: due with the chance e^(-remaining / load).
    const share = (remainingMs: number): number => {
      const due = Array.from({ length: 10_000 }, (_, i) =>
        isRefreshDue(remainingMs, 100, (i + 0.5) / 10_000),
      );
      return due.filter(Boolean).length / due.length;
    };
    expect(share(100)).toBeCloseTo(Math.exp(-1), 3);
    expect(share(300)).toBeCloseTo(Math.exp(-3), 3);
  });
});

describe('loads of one process', () => {
  test('are shared by those who ask while one is under way, and begin anew afterwards', async () => {
    const flights = new SingleFlight<number>();
    let loads = 0;
    const load = async (): Promise<number> => {
      loads += 1;
      return await Promise.resolve(loads);
    };
    const first = flights.run('a', load);
    const second = flights.run('a', load);
    expect([first.joined, second.joined]).toEqual([false, true]);
    expect(await Promise.all([first.result, second.result])).toEqual([1, 1]);
    expect(await flights.run('a', load).result).toBe(2);
  });

  test('fail for all who share them, and are not remembered', async () => {
    const flights = new SingleFlight<number>();
    const broken = (): Promise<number> => Promise.reject(new Error('broken'));
    const [first, second] = [flights.run('a', broken), flights.run('a', broken)];
    await expect(first.result).rejects.toThrow('broken');
    await expect(second.result).rejects.toThrow('broken');
    expect(await flights.run('a', () => Promise.resolve(1)).result).toBe(1);
  });

  test('are not joined after the key was forgotten: they may have read before a write', async () => {
    const flights = new SingleFlight<string>();
    let end: (value: string) => void = () => undefined;
    const before = flights.run('a', () => new Promise((resolve) => (end = resolve)));
    flights.forget('a');
    const after = flights.run('a', () => Promise.resolve('new'));
    end('old');
    expect(await before.result).toBe('old');
    expect(await after.result).toBe('new');
  });
});
