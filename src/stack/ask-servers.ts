import { readServerState, type ServerState } from '../nodes/postgres/server-state.js';
import type { StackAccess } from './access.js';
import type { StackNode } from './stack.js';

export interface AnsweringServer {
  node: StackNode;
  state: ServerState;
}

/** Asks those of these PostgreSQL nodes that run, side by side; who does not answer in time is left out. */
export async function askServers(
  access: StackAccess,
  nodes: readonly StackNode[],
  timeoutMs?: number,
): Promise<AnsweringServer[]> {
  const running = nodes.filter(({ state }) => state === 'running');
  const answers = await Promise.all(
    running.map(async (node) => ({
      node,
      state: await readServerState(access.postgres(node, 'monitor'), timeoutMs).catch(() => undefined),
    })),
  );
  return answers.flatMap(({ node, state }) => (state === undefined ? [] : [{ node, state }]));
}
