import { expect, it } from 'vitest';
import { quorumOf, readQuorum } from '../../../src/nodes/postgres/sync.js';

it.each([
  [1, 1],
  [2, 1],
  [3, 2],
  [4, 2],
  [5, 3],
])('with %i replicas, the answers of %i make a majority together with the primary', (count, needed) => {
  const replicas = Array.from({ length: count }, (_, index) => `db-replica-${index + 1}`);
  expect(readQuorum(quorumOf(replicas))).toEqual({ needed, replicas });
  expect(needed + 1).toBeGreaterThan((count + 1) / 2);
});

it('without replicas a primary waits for nobody', () => {
  expect(quorumOf([])).toBe('');
  expect(readQuorum('')).toEqual({ needed: 0, replicas: [] });
});
