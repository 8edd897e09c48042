import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/docker/engine.js';
import { stackAccess } from '../../../src/stack/access.js';
import { type StackEndpoints, stackEndpoints } from '../../../src/stack/endpoints.js';
import type { Stack, StackNode } from '../../../src/stack/stack.js';

const credentials = {
  postgres: 'p-secret',
  replicator: 'r',
  app: 'a-secret',
  monitor: 'm',
  redis: 'c-secret',
};

const node = (name: string, kind: StackNode['kind'], port: number, state: StackNode['state']): StackNode => ({
  stack: 'halab',
  name,
  kind,
  containerId: `id-${name}`,
  state,
  port,
  httpPort: null,
  readPort: null,
  diskLimitBytes: null,
});

const instances = (state: StackNode['state']): StackNode[] =>
  ['api-1', 'api-2'].map((name) => node(name, 'api', 3000, state));

// Only the address is asked of the engine.
const engineAt = (publishAddress: string): Engine => ({ endpoint: { publishAddress } }) as Engine;

function endpoints(
  {
    primary = 'running',
    replica = 'running',
  }: Partial<Record<'primary' | 'replica', StackNode['state']>> = {},
  writesTo: string | undefined = 'db-primary',
  { role, readPort = null }: { role?: 'app' | 'postgres'; readPort?: number | null } = {},
): StackEndpoints {
  const stack: Stack = {
    name: 'halab',
    topology: 'classic',
    networkFaults: [],
    apiPort: 3000,
    lab: null,
    nodes: [
      node('db-primary', 'postgres', 5432, primary),
      node('db-replica', 'postgres', 5433, replica),
      { ...node('haproxy', 'haproxy', 5439, 'running'), readPort },
      node('redis', 'redis', 6379, 'running'),
    ],
  };
  const engine = engineAt('127.0.0.1');
  return stackEndpoints(stack, stackAccess(engine, stack, credentials), writesTo, role);
}

describe('the endpoints of a stack', () => {
  it('name HAProxy’s port for the API where it has instances, on the engine’s machine', () => {
    const engine = engineAt('10.0.0.5');
    const databases = [node('haproxy', 'haproxy', 5439, 'running'), node('redis', 'redis', 6379, 'running')];
    const stack: Stack = {
      name: 'halab',
      topology: 'classic',
      networkFaults: [],
      apiPort: 3000,
      lab: null,
      nodes: [node('db', 'postgres', 5432, 'running'), ...databases, ...instances('exited')],
    };
    const { apiUrl, nodes } = stackEndpoints(stack, stackAccess(engine, stack, credentials), 'db');
    expect(apiUrl).toBe('http://10.0.0.5:3000');
    expect([nodes['api-1'], nodes['api-2']]).toEqual([apiUrl, apiUrl]);
  });

  it('name the pooler where there is one', () => {
    const stack: Stack = {
      name: 'halab',
      topology: 'classic',
      networkFaults: [],
      apiPort: 3000,
      lab: null,
      nodes: [
        node('db', 'postgres', 5432, 'running'),
        node('haproxy', 'haproxy', 5439, 'running'),
        node('redis', 'redis', 6379, 'running'),
        node('pgbouncer', 'pgbouncer', 6432, 'running'),
      ],
    };
    const { poolerUrl, nodes } = stackEndpoints(
      stack,
      stackAccess(engineAt('10.0.0.5'), stack, credentials),
      'db',
    );
    expect(poolerUrl).toBe('postgres://app:a-secret@10.0.0.5:6432/shop');
    expect(nodes['pgbouncer']).toBe(poolerUrl);
  });

  it('are one URL each, with the credentials of the application', () => {
    expect(endpoints({}, 'db-primary', { readPort: 5440 })).toEqual({
      writeUrl: 'postgres://app:a-secret@127.0.0.1:5439/shop',
      readUrl: 'postgres://app:a-secret@127.0.0.1:5440/shop',
      poolerUrl: null,
      redisUrl: 'redis://app:c-secret@127.0.0.1:6379',
      apiUrl: 'http://127.0.0.1:3000',
      nodes: {
        'db-primary': 'postgres://app:a-secret@127.0.0.1:5432/shop',
        'db-replica': 'postgres://app:a-secret@127.0.0.1:5433/shop',
        haproxy: 'postgres://app:a-secret@127.0.0.1:5439/shop',
        redis: 'redis://app:c-secret@127.0.0.1:6379',
      },
    });
  });

  it('without a port for reads, read from the primary after a failover that left no replica', () => {
    expect(endpoints({ primary: 'exited' }, 'db-replica').readUrl).toContain(':5433/');
  });

  it('without that port, read from the former primary once it follows the new one', () => {
    expect(endpoints({}, 'db-replica').readUrl).toContain(':5432/');
  });

  it('without that port, read from the primary while the replica is stopped', () => {
    expect(endpoints({ replica: 'exited' }).readUrl).toContain(':5432/');
  });

  it('have the administrator of PostgreSQL for --superuser, and the application for Redis still', () => {
    const { writeUrl, readUrl, redisUrl, nodes } = endpoints({}, 'db-primary', { role: 'postgres' });
    for (const url of [writeUrl, readUrl, nodes['db-primary']]) expect(url).toContain('postgres:p-secret@');
    expect(redisUrl).toContain('app:c-secret@');
  });
});
