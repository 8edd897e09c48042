import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/api/database-errors.js';
import { judge, type ServerFacts } from '../../src/api/database-monitor.js';
import { type DependencyChange, DependencyState } from '../../src/api/dependency-state.js';
import { Gate } from '../../src/api/gate.js';
import { PendingInvalidations } from '../../src/api/pending-invalidations.js';
import { RecentWrites } from '../../src/api/recent-writes.js';

describe('which server can be used', () => {
  const primary: ServerFacts = { inRecovery: false, startedAt: 'a', streaming: false };
  const replica: ServerFacts = { inRecovery: true, startedAt: 'b', streaming: true };
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

test('too many invalidations to remember become "all"', () => {
  const pending = new PendingInvalidations(2);
  pending.add('a');
  pending.add('b');
  pending.add('b');
  expect(pending.take()).toEqual(['a', 'b']);
  expect(pending.isEmpty).toBe(true);
  for (const key of ['a', 'b', 'c', 'd']) pending.add(key);
  expect(pending.isEmpty).toBe(false);
  expect(pending.take()).toBe('all');
  pending.restore('all');
  expect(pending.take()).toBe('all');
});

test('a value older than the last write is stale, whatever the order of the acknowledgements', () => {
  const writes = new RecentWrites(60_000, 2);
  writes.record('1', 3n);
  writes.record('1', 2n);
  expect(writes.isStale('1', 2n)).toBe(true);
  expect(writes.isStale('1', 3n)).toBe(false);
  writes.record('2', 'deleted');
  expect(writes.isStale('2', 9n)).toBe(true);
  writes.record('2', 9n);
  expect(writes.isStale('2', 9n)).toBe(true);
  writes.record('2', 1n);
  expect(writes.isStale('2', 1n)).toBe(false);
  writes.record('3', 1n);
  expect(writes.isStale('1', 2n)).toBe(false);
  const short = new RecentWrites(-1);
  short.record('1', 5n);
  expect(short.isStale('1', 1n)).toBe(false);
});
