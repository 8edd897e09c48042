import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { down } from '../stack/down.js';
import { askEngine } from '../stack/engine-answers.js';
import { observe } from '../stack/observe.js';
import type { Operation } from '../stack/operation.js';
import type { PortChoice } from '../stack/ports.js';
import { findStack } from '../stack/stack.js';
import { up } from '../stack/up.js';

export interface LabStackOptions {
  lab: string;
  stack: string;
  ports: PortChoice;
  /** Remove a stack of that name first, whoever made it. */
  fresh: boolean;
}

/**
 * A healthy stack for a lab. One that a lab made is replaced, so that every run begins the same; one that a user
 * made is used as it is, when it is whole.
 *
 * @throws STACK_UNHEALTHY when a user's stack is not whole, and what `up` throws
 */
export async function prepareLabStack(
  operation: Operation,
  { lab, stack, ports, fresh }: LabStackOptions,
): Promise<void> {
  const { engine } = operation;
  const found = await findStack(engine, stack);
  if (found !== undefined && (fresh || found.lab !== null)) {
    await down(operation, stack, { keepData: false });
  } else if (found !== undefined) {
    const { healthy, findings } = await observe(found, await askEngine(engine, found));
    if (healthy) return;
    throw new HalabError(
      'STACK_UNHEALTHY',
      `The stack ${stack} is not healthy, and a lab needs one that is.`,
      {
        lines: findings.map(({ message }) => message),
        hint: `Repair it (${typed(stack, 'status')}), or let the lab replace it and its data: ${typed(stack, `lab run ${lab} --fresh`)}.`,
      },
    );
  }
  await up(operation, { name: stack, topology: 'classic', ports, lab });
}
