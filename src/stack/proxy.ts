import type { Engine } from '../docker/engine.js';
import { parseWritesTo } from '../nodes/haproxy/config.js';
import { configPath } from '../nodes/haproxy/kind.js';
import type { StackNode } from './stack.js';

/** The node that haproxy.cfg in the container sends writes to; undefined when it names no single one. */
export async function configuredWritesTo(engine: Engine, haproxy: StackNode): Promise<string | undefined> {
  const config = await engine.readFile(haproxy.containerId, configPath);
  return config === undefined ? undefined : parseWritesTo(config);
}
