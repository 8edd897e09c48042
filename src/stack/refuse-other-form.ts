import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import type { Topology } from './parse-topology.js';
import type { PortChoice } from './ports.js';
import { nodesOfKind, type Stack } from './stack.js';

/** A stack that is there stays as it was made: its ports and its topology do not change under its users. @throws STACK_EXISTS */
export function refuseOtherForm(stack: Stack, wanted: Topology, ports: PortChoice): void {
  if (wanted.name !== stack.topology) {
    throw new HalabError(
      'STACK_EXISTS',
      `The stack ${stack.name} has the topology ${stack.topology}, not ${wanted.name}.`,
      {
        hint: `Name its topology: ${typed(stack.name, 'up --topology FILE')}. Or choose another name with --stack.`,
      },
    );
  }
  if (ports === 'auto' || ports.offset === 0) return;
  const moved = stack.nodes.find(({ name, port }) => wanted.nodes[name]?.port !== port - ports.offset);
  if (moved === undefined) return;
  throw new HalabError(
    'STACK_EXISTS',
    `The stack ${stack.name} exists with other ports (${moved.name} has ${moved.port}).`,
  );
}

/** @throws STACK_EXISTS when the volumes that are there have another size */
export function refuseOtherLimit(stack: Stack, diskLimitBytes: number | undefined): void {
  const other = nodesOfKind(stack, 'postgres').find((node) => node.diskLimitBytes !== diskLimitBytes);
  if (diskLimitBytes === undefined || other === undefined) return;
  const size = other.diskLimitBytes === null ? 'has no limit' : `has ${other.diskLimitBytes} bytes`;
  throw new HalabError(
    'STACK_EXISTS',
    `The stack ${stack.name} exists, and the volume of ${other.name} ${size}.`,
  );
}
