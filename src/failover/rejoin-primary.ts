import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import type { StackAccess } from '../stack/access.js';
import { type AnsweringServer, askServers } from '../stack/ask-servers.js';
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
  node: Pick<StackNode, 'name'>,
): Promise<AnsweringServer> {
  const [answers, configured] = await Promise.all([
    askServers(access, nodesOfKind(stack, 'postgres')),
    configuredWritesTo(engine, onlyNode(stack, 'haproxy')),
  ]);
  const primaries = answers.filter(({ state }) => state.role === 'primary');
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
