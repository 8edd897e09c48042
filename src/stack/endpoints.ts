import type { Engine } from '../docker/engine.js';
import { postgresUrl } from '../nodes/postgres/url.js';
import { redisUrl } from '../nodes/redis/url.js';
import type { RoleName, StackAccess } from './access.js';
import { askEngine } from './engine-answers.js';
import { nodesOfKind, onlyNode, type Stack, type StackNode } from './stack.js';

/** The URLs of a stack, with credentials, for clients on this machine. */
export interface StackEndpoints {
  /** Through the proxy, to whichever node is the primary. */
  writeUrl: string;
  /** Through the proxy, to a replica, or the primary where there is none; without such a port, straight to one. */
  readUrl: string;
  /** Through the pooler, to the same; null where there is none. */
  poolerUrl: string | null;
  redisUrl: string;
  /** The instances behind HAProxy; without any, where `halab serve` listens: in its own process, on this machine. */
  apiUrl: string;
  /** Each node by itself. */
  nodes: Record<string, string>;
}

/** The node that reads go to: the first that runs and that writes do not go to, else the one that writes go to. */
function readNode(stack: Stack, writesTo: string | undefined): StackNode {
  const nodes = nodesOfKind(stack, 'postgres');
  const replicas = nodes.filter(({ name }) => name !== writesTo);
  return (
    replicas.find(({ state }) => state === 'running') ??
    nodes.find(({ name }) => name === writesTo) ??
    onlyNode(stack, 'postgres')
  );
}

/**
 * @param writesTo the node that haproxy.cfg names
 * @param role the PostgreSQL role in the URLs
 * @throws STACK_INCOMPLETE when the stack has no PostgreSQL, HAProxy or Redis node
 */
export function stackEndpoints(
  stack: Stack,
  access: StackAccess,
  writesTo: string | undefined,
  role: RoleName = 'app',
): StackEndpoints {
  const urlOf = (node: StackNode): string => {
    switch (node.kind) {
      case 'postgres':
        return postgresUrl(access.postgres(node, role));
      case 'haproxy':
        return postgresUrl(access.writes(role));
      case 'pgbouncer':
        return postgresUrl(access.pooled(role) ?? access.writes(role));
      case 'redis':
        return redisUrl(access.redis());
      case 'api':
        return access.api();
    }
  };
  const pooled = access.pooled(role);
  return {
    writeUrl: postgresUrl(access.writes(role)),
    readUrl: postgresUrl(access.reads(role) ?? access.postgres(readNode(stack, writesTo), role)),
    poolerUrl: pooled === undefined ? null : postgresUrl(pooled),
    redisUrl: redisUrl(access.redis()),
    apiUrl: nodesOfKind(stack, 'api').length > 0 ? access.api() : `http://127.0.0.1:${stack.apiPort}`,
    nodes: Object.fromEntries(stack.nodes.map((node) => [node.name, urlOf(node)])),
  };
}

/** The endpoints of a stack as it is now. @throws STACK_INCOMPLETE */
export async function findEndpoints(engine: Engine, stack: Stack, role?: RoleName): Promise<StackEndpoints> {
  const { access, configured } = await askEngine(engine, stack);
  return stackEndpoints(stack, access, configured, role);
}
