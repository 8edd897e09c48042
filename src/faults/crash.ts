import { HalabError } from '../errors/halab-error.js';
import { step } from '../events/events.js';
import { waitUntilEnded } from '../stack/stop-container.js';
import type { Target } from './fault.js';

/**
 * SIGKILL to the postmaster alone: the kernel takes its backends no memory and no socket, and each ends by itself
 * when it notices. The container ends with its postmaster.
 *
 * @throws FAULT_FAILED
 */
export const crash = ({ operation, node }: Target): Promise<void> =>
  step(
    operation.emit,
    operation.clock.nowMs,
    { id: `crash ${node.name}`, title: `crash ${node.name} (SIGKILL to the postmaster)`, node: node.name },
    async () => {
      await operation.engine.exec(node.containerId, [
        'sh',
        '-c',
        'kill -KILL "$(head -n 1 "$PGDATA/postmaster.pid")"',
      ]);
      await waitUntilEnded(
        operation,
        node,
        () => new HalabError('FAULT_FAILED', `${node.name} runs on without its postmaster.`),
      );
    },
  );
