import { describe, expect, it } from 'vitest';
import { parseCondition } from '../../../src/labs/language/conditions.js';

describe('a condition', () => {
  it.each([
    ['writes fail', { about: 'writes', succeed: false, path: undefined }],
    ['writes succeed through the API', { about: 'writes', succeed: true, path: 'api' }],
    ['reads succeed', { about: 'reads', succeed: true }],
    ['reads come from cache', { about: 'source', source: 'cache' }],
    ['a client sees an error', { about: 'error' }],
    ['the stack is healthy', { about: 'health' }],
    ['replica is primary', { about: 'node', node: 'replica', state: 'primary' }],
    ['db-replica-2 streams', { about: 'streaming', node: 'db-replica-2' }],
    ['finding two-primaries', { about: 'finding', code: 'two-primaries', present: true }],
    ['no finding diverged', { about: 'finding', code: 'diverged', present: false }],
  ])('"%s" is read', (text, condition) => {
    expect(parseCondition(text)).toEqual(condition);
  });

  it.each([
    ['writes suceed', 'did you mean "writes succeed"?'],
    ['the moon is full', 'known are writes succeed'],
    ['db-primary is happy', 'is no condition'],
  ])('"%s" is none, and says what may have been meant', (text, meant) => {
    expect(() => parseCondition(text)).toThrow(meant);
  });
});
