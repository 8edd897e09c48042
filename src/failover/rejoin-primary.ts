import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { readServerState, type ServerState } from '../nodes/postgres/server-state.js';
import type { StackAccess } from '../stack/access.js';
import type { Operation } from '../stack/operation.js';
import { configuredWritesTo } from '../stack/proxy.js';
import { nodesOfKind, onlyNode, type Stack, type StackNode } from '../stack/stack.js';

/**
 * The primary that a node is to follow: of several servers that say primary, the one that the proxy sends writes to.
 *
 * @throws NO_PRIMARY; REJOIN_PRIMARY when the node is that primary itself
 */
export async function findPrimary(
  { engine }: Operation,
  stack: Stack,
  access: StackAccess,
  node: StackNode,
): Promise<{ node: StackNode; state: ServerState }> {
  const running = nodesOfKind(stack, 'postgres').filter(({ state }) => state === 'running');
  const [answers, configured] = await Promise.all([
    Promise.all(
      running.map(async (each) => ({
        node: each,
        state: await readServerState(access.postgres(each, 'monitor')).catch(() => undefined),
      })),
    ),
    configuredWritesTo(engine, onlyNode(stack, 'haproxy')),
  ]);
  const primaries = answers.flatMap(({ node: each, state }) =>
    state?.role === 'primary' ? [{ node: each, state }] : [],
  );
  const rightful = primaries.find((each) => each.node.name === configured) ?? primaries[0];
  if (rightful === undefined) {
    throw new HalabError(
      'NO_PRIMARY',
      `No server of the stack ${stack.name} is a primary that ${node.name} could follow.`,
      {
        hint: `Promote a replica first: ${typed(stack.name, 'failover --promote')}. The roles: ${typed(stack.name, 'status')}.`,
      },
    );
  }
  if (rightful.node.name === node.name) {
    throw new HalabError('REJOIN_PRIMARY', `${node.name} is the primary: it follows nobody.`, {
      hint: `The roles: ${typed(stack.name, 'status')}.`,
    });
  }
  return rightful;
}
