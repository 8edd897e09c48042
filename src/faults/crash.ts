import { waitUntil } from '../clock/wait-until.js';
import { HalabError } from '../errors/halab-error.js';
import { step } from '../events/events.js';
import type { Target } from './fault.js';

const endTimeoutMs = 10_000;

/**
 * SIGKILL to the postmaster alone: the kernel takes its backends no memory and no socket, and each ends by itself
 * when it notices. The container ends with its postmaster.
 *
 * @throws FAULT_FAILED
 */
export const crash = ({ operation: { engine, clock, emit, signal }, node }: Target): Promise<void> =>
  step(
    emit,
    clock.nowMs,
    { id: `crash ${node.name}`, title: `crash ${node.name} (SIGKILL to the postmaster)`, node: node.name },
    async () => {
      await engine.exec(node.containerId, ['sh', '-c', 'kill -KILL "$(head -n 1 "$PGDATA/postmaster.pid")"']);
      await waitUntil(
        async () => ((await engine.containerState(node.containerId)) === 'exited' ? true : undefined),
        {
          clock,
          timeoutMs: endTimeoutMs,
          intervalMs: 20,
          signal,
          onTimeout: () => new HalabError('FAULT_FAILED', `${node.name} runs on without its postmaster.`),
        },
      );
    },
  );
