import type { Engine } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { step } from '../events/events.js';
import { fillerPath } from '../nodes/postgres/kind.js';
import type { StackNode } from '../stack/stack.js';
import type { Target } from './fault.js';

/** Its owner is the server's: what is kept for root alone stays free on a real disk too. */
const fillScript = `cat /dev/zero > ${fillerPath}; df --output=avail ${fillerPath} | tail -n 1`;

/**
 * The disk of a PostgreSQL node is full: a file takes what is left of its volume. Writes go on while there are WAL files
 * to use again; then the server ends with PANIC, as it does on a full disk (PostgreSQL manual, 28.4.2 Disk Full Failure).
 *
 * @throws NO_DISK_LIMIT, FAULT_IN_FORCE before anything is changed; FAULT_FAILED
 */
export async function fill({ operation, stack, node }: Target): Promise<void> {
  const { engine, clock, emit } = operation;
  if (node.diskLimitBytes === null) {
    throw new HalabError('NO_DISK_LIMIT', `The volume of ${node.name} has no limit of its own.`, {
      hint: `It would fill the disk of the engine. A stack with limits: ${typed(`${stack.name}-full`, 'up --disk-limit 512MB')}.`,
    });
  }
  if (await isFilled(engine, node)) {
    throw new HalabError('FAULT_IN_FORCE', `The disk of ${node.name} is full already.`, {
      hint: `End that first: ${typed(stack.name, `heal ${node.name}`)}.`,
    });
  }
  const about = { id: `fill ${node.name}`, title: `fill the disk of ${node.name}`, node: node.name };
  await step(emit, clock.nowMs, about, async () => {
    const { stdout } = await engine.exec(node.containerId, ['sh', '-c', fillScript]);
    if (stdout.trim() === '0') return;
    await endFill(engine, node);
    throw new HalabError('FAULT_FAILED', `The disk of ${node.name} has room still (${stdout.trim()} kB).`);
  });
}

/** Whether a file fills the disk of a node. */
export const isFilled = async (
  engine: Engine,
  { containerId, diskLimitBytes }: StackNode,
): Promise<boolean> =>
  diskLimitBytes !== null && ((await engine.fileBytes(containerId, fillerPath)) ?? 0) > 0;

/** The file becomes empty; in a container that has ended as well, where no program could remove it. */
export const endFill = (engine: Engine, { containerId }: StackNode): Promise<void> =>
  engine.putFiles(containerId, [{ path: fillerPath, text: '', mode: 0o600, uid: 999, gid: 999 }]);
