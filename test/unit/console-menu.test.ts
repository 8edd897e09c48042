import { describe, expect, it } from 'vitest';
import { type MenuItem, menuFor, wordsOf } from '../../src/commands/console-menu.js';
import { healthySnapshot, withoutPrimary } from './stack/snapshots.js';

const commandsOf = (items: readonly MenuItem[]): string[] => items.map(({ words }) => words[0] ?? '');

describe('the menu of the console', () => {
  it('offers to start a stack when there is none', () => {
    expect(commandsOf(menuFor('halab', undefined))).toEqual(['up', 'lab', 'ls', 'doctor']);
  });

  it('offers nothing to start when everything runs', () => {
    const commands = commandsOf(menuFor('halab', healthySnapshot()));
    expect(commands).toContain('stop');
    expect(commands).not.toContain('start');
    expect(commands).not.toContain('up');
  });

  it('offers the failover to the replica when the primary is gone', () => {
    const items = menuFor('halab', withoutPrimary());
    const failover = items.find(({ words }) => words[0] === 'failover');
    expect(failover?.nodes).toEqual(['db-replica']);
    expect(failover === undefined ? [] : wordsOf(failover, 'db-replica')).toEqual([
      'failover',
      '--promote',
      'db-replica',
      '--force',
      '--stack',
      'halab',
    ]);
    expect(commandsOf(items)).not.toContain('psql');
  });

  it('asks before what breaks or removes something', () => {
    for (const { words, confirm } of menuFor('halab', healthySnapshot())) {
      const destructive = ['stop', 'failover', 'down'].includes(words[0] ?? '');
      expect(confirm !== undefined, words[0]).toBe(destructive);
    }
  });

  it('names the stack in every command but doctor', () => {
    for (const { words } of menuFor('second', healthySnapshot())) {
      if (words[0] !== 'doctor') expect(words.slice(-2)).toEqual(['--stack', 'second']);
    }
  });
});
