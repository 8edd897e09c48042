import type { Engine } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import type { Credentials } from '../nodes/credentials.js';
import type { PostgresAddress } from '../nodes/postgres/url.js';
import type { RedisAddress } from '../nodes/redis/url.js';
import { findCredentials } from './find-credentials.js';
import { nodesOfKind, onlyNode, type Stack, type StackNode } from './stack.js';

/** PostgreSQL's roles in a stack. */
export type RoleName = 'postgres' | 'app' | 'monitor';

/** How the host reaches the servers of one stack. */
export interface StackAccess {
  credentials: Credentials;
  readonly postgres: (node: StackNode, role: RoleName) => PostgresAddress;
  /** Through the proxy. */
  readonly writes: (role: RoleName) => PostgresAddress;
  /** Through the proxy, to a replica, or to the primary when there is none; undefined where it has no port for that. */
  readonly reads: (role: RoleName) => PostgresAddress | undefined;
  /** Through the pooler, which leads to the proxy; undefined where there is none. */
  readonly pooled: (role: RoleName) => PostgresAddress | undefined;
  readonly redis: () => RedisAddress;
  /** URL of HAProxy's port for the API's instances, without a slash at the end. */
  readonly api: () => string;
}

export function stackAccess(engine: Engine, stack: Stack, credentials: Credentials): StackAccess {
  const host = engine.endpoint.publishAddress;
  const address = (port: number, role: RoleName): PostgresAddress => ({
    host,
    port,
    user: role,
    password: credentials[role],
  });
  return {
    credentials,
    postgres: (node, role) => address(node.port, role),
    writes: (role) => address(onlyNode(stack, 'haproxy').port, role),
    reads: (role) => {
      const { readPort } = onlyNode(stack, 'haproxy');
      return readPort === null ? undefined : address(readPort, role);
    },
    pooled: (role) => {
      const [pooler] = nodesOfKind(stack, 'pgbouncer');
      return pooler === undefined ? undefined : address(pooler.port, role);
    },
    redis: () => ({ host, port: onlyNode(stack, 'redis').port, user: 'app', password: credentials.redis }),
    api: () => `http://${host}:${stack.apiPort}`,
  };
}

/** @throws STACK_INCOMPLETE when no PostgreSQL node holds the credentials */
export async function openAccess(engine: Engine, stack: Stack): Promise<StackAccess> {
  const isRunning = ({ state }: StackNode): boolean => state === 'running';
  // What runs first: it answers soonest.
  const inOrder = nodesOfKind(stack, 'postgres').toSorted(
    (a, b) => Number(isRunning(b)) - Number(isRunning(a)),
  );
  const credentials = await findCredentials(
    engine,
    inOrder.map(({ containerId }) => containerId),
  );
  if (credentials === undefined) {
    throw new HalabError('STACK_INCOMPLETE', `The stack ${stack.name} has no credentials yet.`, {
      hint: `Complete it: ${typed(stack.name, 'up')}.`,
    });
  }
  return stackAccess(engine, stack, credentials);
}
