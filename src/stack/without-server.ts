import { rejoinOrder } from '../nodes/postgres/kind.js';
import type { Operation } from './operation.js';
import { startContainer } from './ports.js';
import type { StackNode } from './stack.js';
import { waitUntilEnded } from './stop-container.js';

/** Starts a stopped node's container without its server, so that programs can look at its data directory. */
export async function startWithoutServer(
  { engine }: Operation,
  node: StackNode,
  primary: string,
): Promise<void> {
  await engine.putFiles(node.containerId, [rejoinOrder('wait', primary)]);
  await startContainer(engine, node);
}

/** Ends a container that was started without its server. */
export async function leaveStopped(
  { engine, clock }: Operation,
  node: StackNode,
  primary: string,
): Promise<void> {
  await engine.putFiles(node.containerId, [rejoinOrder('cancel', primary)]);
  // To the end, after Ctrl-C too: what was started is not left running.
  await waitUntilEnded({ engine, clock }, node, () => new Error(`${node.name} did not end.`));
}
