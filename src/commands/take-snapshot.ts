import type { Engine } from '../docker/engine.js';
import type { Snapshot } from '../stack/snapshot.js';

/**
 * Looks at a stack once. While the engine reads files out of the containers, the clients of the servers are loaded.
 *
 * @throws STACK_NOT_FOUND, STACK_INCOMPLETE
 */
export async function takeSnapshot(engine: Engine, stackName: string): Promise<Snapshot> {
  const [{ getStack }, { askEngine }] = await Promise.all([
    import('../stack/stack.js'),
    import('../stack/engine-answers.js'),
  ]);
  const stack = await getStack(engine, stackName);
  const [answers, { observe }] = await Promise.all([askEngine(engine, stack), import('../stack/observe.js')]);
  return await observe(stack, answers);
}
