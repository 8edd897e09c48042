import type { Engine } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { type CacheState, readCacheState } from '../nodes/redis/cache-state.js';
import { openAccess } from './access.js';
import { onlyNode, requireRunning, type Stack } from './stack.js';

/**
 * Asks the stack's Redis for its figures.
 *
 * @throws STACK_INCOMPLETE, NODE_NOT_RUNNING; NODE_FAILED when it runs and does not answer
 */
export async function readCache(engine: Engine, stack: Stack): Promise<CacheState & { stack: string }> {
  const node = requireRunning(onlyNode(stack, 'redis'));
  const access = await openAccess(engine, stack);
  try {
    return { stack: stack.name, ...(await readCacheState(access.redis())) };
  } catch (error) {
    throw new HalabError(
      'NODE_FAILED',
      `${node.name} runs but does not answer: ${(error as Error).message}.`,
      {
        hint: `See its log: ${typed(stack.name, `logs ${node.name}`)}.`,
        cause: error,
      },
    );
  }
}
