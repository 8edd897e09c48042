import { waitUntil } from '../clock/wait-until.js';
import type { Engine } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { imageTag } from '../stack/images.js';
import { containerName, label, stackLabels } from '../stack/labels.js';
import type { NetworkFault } from '../stack/network-fault.js';
import type { Target } from './fault.js';

const startTimeoutMs = 10_000;

export interface SidecarPlan {
  fault: NetworkFault['fault'];
  labels: Readonly<Record<string, string>>;
  /** A program of stack/images/haproxy; it says "in force" when it is. */
  command: readonly string[];
  /** Proves by a connection attempt that it has taken effect. @throws FAULT_FAILED */
  readonly prove: (sidecar: string) => Promise<void>;
}

/** @throws FAULT_IN_FORCE */
export function refuseSecond({ stack, node }: Target, fault: NetworkFault['fault'], already: string): void {
  if (!stack.networkFaults.some((each) => each.node === node.name && each.fault === fault)) return;
  throw new HalabError('FAULT_IN_FORCE', `${node.name} is ${already} already.`, {
    hint: `End that first: ${typed(stack.name, `heal ${node.name}`)}.`,
  });
}

/** @throws FAULT_FAILED, KERNEL_LACKS */
async function untilInForce(
  { operation: { engine, clock, signal }, node }: Target,
  sidecar: string,
): Promise<void> {
  await waitUntil(
    async () => {
      const lines = await engine.tailLogs(sidecar, 5);
      if (lines.some((line) => line.includes('in force'))) return true;
      if ((await engine.containerState(sidecar)) !== 'exited') return undefined;
      // Its last words may have come after the lines were read.
      const last = await engine.tailLogs(sidecar, 5);
      const code = last.some((line) => line.includes('the kernel has no')) ? 'KERNEL_LACKS' : 'FAULT_FAILED';
      throw new HalabError(code, `The network of ${node.name} was not changed.`, { lines: last });
    },
    {
      clock,
      timeoutMs: startTimeoutMs,
      intervalMs: 20,
      signal,
      isFinal: (error) => error instanceof HalabError,
      onTimeout: () => new HalabError('FAULT_FAILED', `The network of ${node.name} was not changed in time.`),
    },
  );
}

/**
 * Changes the network of a node by a container beside it, whose being there is what tells of the fault: the node itself
 * has no right to do so. What fails is taken back.
 *
 * @throws FAULT_FAILED, KERNEL_LACKS
 */
export async function changeNetwork(
  target: Target,
  { fault, labels, command, prove }: SidecarPlan,
): Promise<void> {
  const { operation, stack, node } = target;
  const { engine, clock } = operation;
  await removeAbandonedSidecars(engine, stack.name);
  const sidecar = await engine.createSidecar({
    name: `${containerName(stack.name, node.name)}-${fault}-${clock.date().getTime()}`,
    image: imageTag('haproxy'),
    labels: { ...stackLabels(stack.name), [label.networkFault]: node.name, ...labels },
    beside: { networkOf: node.containerId },
    command: [`/usr/local/lib/halab/${command[0] ?? ''}`, ...command.slice(1)],
  });
  try {
    await engine.startContainer(sidecar);
    await untilInForce(target, sidecar);
    await prove(sidecar);
  } catch (error) {
    await engine.removeContainer(sidecar);
    throw error;
  }
}

/**
 * Removes the sidecars that a process which died had made and not seen started. The engine may be starting one still:
 * its removal waits for that, so that no fault comes into force after this. Only under the lock of the stack is such a
 * sidecar known to be nobody's.
 */
export async function removeAbandonedSidecars(engine: Engine, stackName: string): Promise<void> {
  for (const { id, state, labels } of await engine.listContainers({ [label.stack]: stackName }))
    if (state === 'created' && labels[label.networkFault] !== undefined) await engine.removeContainer(id);
}

/** The sidecar takes along what it did. */
export async function endNetworkFault(
  { operation: { engine }, stack, node }: Target,
  fault: NetworkFault['fault'],
): Promise<void> {
  for (const { node: name, fault: found, containerId } of stack.networkFaults) {
    if (name !== node.name || found !== fault) continue;
    await engine.stopContainer(containerId, 5);
    await engine.removeContainer(containerId);
  }
}
