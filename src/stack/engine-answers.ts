import type { Engine } from '../docker/engine.js';
import { openAccess, type StackAccess } from './access.js';
import { configuredWritesTo } from './proxy.js';
import { nodesOfKind, type Stack } from './stack.js';

/** What the engine knows of a stack besides its containers, read out of their files. */
export interface EngineAnswers {
  access: StackAccess;
  /** The node that haproxy.cfg sends writes to; undefined when it names no single one. */
  configured: string | undefined;
}

/** Side by side: each file takes the engine 50 ms or more. @throws STACK_INCOMPLETE */
export async function askEngine(engine: Engine, stack: Stack): Promise<EngineAnswers> {
  const [haproxy] = nodesOfKind(stack, 'haproxy');
  const [access, configured] = await Promise.all([
    openAccess(engine, stack),
    haproxy === undefined ? undefined : configuredWritesTo(engine, haproxy),
  ]);
  return { access, configured };
}
