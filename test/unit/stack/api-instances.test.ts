import { describe, expect, it } from 'vitest';
import { withInstances } from '../../../src/stack/api-instances.js';
import type { Topology } from '../../../src/stack/parse-topology.js';
import { loadTopology } from '../../../src/stack/topology.js';

const topology: Topology = {
  name: 'small',
  description: 'one server and its proxy',
  nodes: {
    db: { kind: 'postgres', role: 'primary', port: 5432 },
    proxy: { kind: 'haproxy', writesTo: 'db', port: 5439 },
  },
  api: { port: 3000 },
};

describe('a topology with instances of the API', () => {
  it('has them as nodes, each on the one port of the API', () => {
    expect(withInstances(topology, 2).nodes).toEqual({
      ...topology.nodes,
      'api-1': { kind: 'api', port: 3000 },
      'api-2': { kind: 'api', port: 3000 },
    });
  });

  it('is the same topology without any', () => {
    expect(withInstances(topology, 0)).toBe(topology);
  });

  it('needs a proxy that balances over them', () => {
    const { db } = topology.nodes;
    const nodes = db === undefined ? {} : { db };
    expect(() => withInstances({ ...topology, nodes }, 1)).toThrow('has no haproxy node');
  });

  it('is none of those that ship: instances are asked for with --api', async () => {
    expect((await loadTopology('classic')).api.instances).toBeUndefined();
  });
});
