import type { Engine } from '../docker/engine.js';
import { openAccess, type StackAccess } from './access.js';
import { readProxyConfig } from './proxy.js';
import { nodesOfKind, type Stack } from './stack.js';

/** What the engine knows of a stack besides its containers, read out of their files. */
export interface EngineAnswers {
  access: StackAccess;
  /** The node that haproxy.cfg sends writes to; undefined when it names no single one. */
  configured: string | undefined;
  /** The instances of the API that haproxy.cfg names. */
  apiInstances: readonly string[];
}

/** Side by side: each file takes the engine 50 ms or more. @throws STACK_INCOMPLETE */
export async function askEngine(engine: Engine, stack: Stack): Promise<EngineAnswers> {
  const [haproxy] = nodesOfKind(stack, 'haproxy');
  const [access, config] = await Promise.all([
    openAccess(engine, stack),
    haproxy === undefined ? undefined : readProxyConfig(engine, haproxy),
  ]);
  return { access, configured: config?.writesTo, apiInstances: config?.apiInstances ?? [] };
}
