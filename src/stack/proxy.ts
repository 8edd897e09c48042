import type { Engine } from '../docker/engine.js';
import { parseConfig, type ReadConfig } from '../nodes/haproxy/config.js';
import { configPath } from '../nodes/haproxy/kind.js';
import type { StackNode } from './stack.js';

/** What haproxy.cfg in the container says; `writesTo` is undefined when it names no single node. */
export async function readProxyConfig(engine: Engine, haproxy: StackNode): Promise<ReadConfig> {
  return parseConfig((await engine.readFile(haproxy.containerId, configPath)) ?? '');
}

/** The node that haproxy.cfg in the container sends writes to; undefined when it names no single one. */
export const configuredWritesTo = async (engine: Engine, haproxy: StackNode): Promise<string | undefined> =>
  (await readProxyConfig(engine, haproxy)).writesTo;
