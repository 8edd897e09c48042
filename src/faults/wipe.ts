import type { Engine } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import { step } from '../events/events.js';
import { initializedPath, versionPath } from '../nodes/postgres/kind.js';
import type { StackNode } from '../stack/stack.js';
import { hasEnded } from '../stack/stop-container.js';
import { leaveStopped, startWithoutServer } from '../stack/without-server.js';
import type { Target } from './fault.js';

/**
 * The data directory is lost, as with its disk: the server is killed, and every file of it removed. The container
 * refuses to start until `halab rejoin` has made a new one from the primary.
 *
 * @throws FAULT_FAILED
 */
export async function wipe({ operation, node }: Target): Promise<void> {
  const { engine, clock, emit } = operation;
  const about = {
    id: `wipe ${node.name}`,
    title: `remove the data directory of ${node.name}`,
    node: node.name,
  };
  await step(emit, clock.nowMs, about, async () => {
    if (!hasEnded(node)) await engine.signalContainer(node.containerId, 'SIGKILL');
    await startWithoutServer(operation, node, node.name);
    try {
      // The directory itself stays, as an empty mount point would.
      await engine.exec(node.containerId, ['sh', '-c', 'find "$PGDATA" -mindepth 1 -delete']);
    } finally {
      await leaveStopped(operation, node, node.name);
    }
    if (!(await isWiped(engine, node)))
      throw new HalabError('FAULT_FAILED', `The data directory of ${node.name} is there still.`);
  });
}

/** Whether a node had a data directory once, and has none now. */
export async function isWiped(engine: Engine, { containerId }: StackNode): Promise<boolean> {
  const [initialized, version] = await Promise.all(
    [initializedPath, versionPath].map((path) => engine.fileExists(containerId, path)),
  );
  return initialized === true && version === false;
}
