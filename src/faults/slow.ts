import { HalabError } from '../errors/halab-error.js';
import { step } from '../events/events.js';
import { kinds } from '../nodes/kinds.js';
import { label } from '../stack/labels.js';
import type { Target } from './fault.js';
import { changeNetwork, refuseSecond } from './sidecar.js';

export interface SlowOptions {
  delayMs: number;
  /** After this time it ends by itself, should nobody end it before. */
  atMostMs: number | undefined;
}

/**
 * Has every packet that a node sends leave it later, so that each of its answers takes that much longer (netem; tc-netem(8)).
 *
 * @throws FAULT_IN_FORCE before anything is changed; KERNEL_LACKS, FAULT_FAILED
 */
export async function slow(target: Target, { delayMs, atMostMs }: SlowOptions): Promise<void> {
  const { operation, stack, node } = target;
  const { engine, clock, emit } = operation;
  refuseSecond(target, 'slow', 'slow');
  const witness = stack.nodes.find(
    ({ name, kind, state }) => name !== node.name && kind !== 'api' && state === 'running',
  );
  const about = { id: `slow ${node.name}`, title: `slow ${node.name} by ${delayMs} ms`, node: node.name };
  const seconds = String(atMostMs === undefined ? 0 : Math.ceil(atMostMs / 1000));
  await step(emit, clock.nowMs, about, () =>
    changeNetwork(target, {
      fault: 'slow',
      labels: { [label.slowMs]: String(delayMs) },
      command: ['slow', String(delayMs), seconds],
      prove: async (sidecar) => {
        if (witness === undefined) return;
        const startMs = clock.nowMs();
        await engine.exec(sidecar, [
          'socat',
          '-u',
          '/dev/null',
          `TCP4:${witness.name}:${kinds[witness.kind].port}`,
        ]);
        const tookMs = clock.nowMs() - startMs;
        if (tookMs < delayMs)
          throw new HalabError(
            'FAULT_FAILED',
            `${node.name} reached ${witness.name} in ${Math.round(tookMs)} ms.`,
          );
      },
    }),
  );
}
