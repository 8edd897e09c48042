import type { Engine } from '../docker/engine.js';
import type { Snapshot } from '../stack/snapshot.js';

/**
 * Looks at a stack once. The engine takes 50 ms to read the credentials out of a container; the clients of the
 * servers are loaded meanwhile.
 *
 * @throws STACK_NOT_FOUND, STACK_INCOMPLETE
 */
export async function takeSnapshot(engine: Engine, stackName: string): Promise<Snapshot> {
  const [{ getStack }, { openAccess }] = await Promise.all([
    import('../stack/stack.js'),
    import('../stack/access.js'),
  ]);
  const stack = await getStack(engine, stackName);
  const [access, { observe }] = await Promise.all([openAccess(engine, stack), import('../stack/observe.js')]);
  return await observe(engine, stack, access);
}
