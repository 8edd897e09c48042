import { expect, it } from 'vitest';
import type { Topology } from '../../../src/stack/parse-topology.js';
import { nextReplicaName, withReplicas, withReplicasOf } from '../../../src/stack/replicas.js';
import type { Stack, StackNode } from '../../../src/stack/stack.js';
import { loadTopology } from '../../../src/stack/topology.js';

const classic = await loadTopology('classic');

const replicas = ({ nodes }: Topology): Record<string, number> =>
  Object.fromEntries(
    Object.entries(nodes).flatMap(([name, node]) =>
      node.kind === 'postgres' && node.role === 'replica' ? [[name, node.port]] : [],
    ),
  );

const node = (name: string, port: number): StackNode => ({
  stack: 'halab',
  name,
  kind: name === 'haproxy' ? 'haproxy' : 'postgres',
  containerId: name,
  state: 'running',
  port,
  httpPort: null,
  readPort: null,
  diskLimitBytes: null,
});

const stackOf = (...nodes: StackNode[]): Stack => ({
  name: 'halab',
  topology: 'classic',
  apiPort: 3000,
  lab: null,
  networkFaults: [],
  nodes,
});

it('more replicas have the next names and ports, and pass over those of the proxy', () => {
  expect(replicas(withReplicas(classic, 3))).toEqual({
    'db-replica': 5433,
    'db-replica-2': 5434,
    'db-replica-3': 5435,
  });
  expect(Object.values(replicas(withReplicas(classic, 8)))).toEqual([
    5433, 5434, 5435, 5436, 5437, 5438, 5441, 5442,
  ]);
});

it('fewer than the topology names are refused', () => {
  expect(() => withReplicas(withReplicas(classic, 3), 2)).toThrow('names 3 replicas');
});

it('a new replica takes the first name that is free', () => {
  expect(nextReplicaName(['db-primary', 'db-replica', 'db-replica-3'])).toBe('db-replica-2');
  expect(nextReplicaName(['db-primary'])).toBe('db-replica');
});

it('what was added to a stack stays in it, on its port, and what was removed does not come back', () => {
  const stack = stackOf(node('db-primary', 5532), node('reports', 5540), node('haproxy', 5539));
  const databases = ['db-primary', 'reports', 'db-replica-2'];
  expect(replicas(withReplicasOf(classic, stack, { databases }))).toEqual({
    'db-replica-2': 5433,
    reports: 5440,
  });
});

it('a stack that was never whole is completed as the topology says', () => {
  const stack = stackOf(node('db-primary', 5432));
  expect(replicas(withReplicasOf(classic, stack, { databases: [] }))).toEqual({ 'db-replica': 5433 });
});
