import { HalabError } from '../../errors/halab-error.js';
import { typed } from '../../errors/typed.js';
import { down, hasParts } from '../../stack/down.js';
import { askEngine } from '../../stack/engine-answers.js';
import { observe } from '../../stack/observe.js';
import type { Operation } from '../../stack/operation.js';
import type { PortChoice } from '../../stack/ports.js';
import { findStack, nodesOfKind, type Stack } from '../../stack/stack.js';
import { up } from '../../stack/up.js';
import type { Lab } from '../file/parse-lab.js';

export interface LabStackOptions {
  lab: Pick<Lab, 'name' | 'stack'>;
  stack: string;
  ports: PortChoice;
  /** Remove a stack of that name first, whoever made it. */
  fresh: boolean;
  /** Leave what there is of it when the command is interrupted. */
  keep: boolean;
}

/** What a user's stack lacks for a lab; undefined when it fits. */
function misfit(found: Stack, { replicas, pooler }: Lab['stack']): string | undefined {
  const has = nodesOfKind(found, 'postgres').length - 1;
  if (has < replicas) return `it has ${has} of ${replicas} replicas`;
  if (pooler && nodesOfKind(found, 'pgbouncer').length === 0) return 'it has no pooler';
  return undefined;
}

/**
 * A healthy stack for a lab. One that a lab made is replaced, so that every run begins the same; one that a user
 * made is used as it is, when it is whole and has what the lab needs.
 *
 * @returns whether the lab made it
 * @throws STACK_UNHEALTHY when a user's stack is not whole, STACK_EXISTS when it lacks something, and what `up` throws
 */
export async function prepareLabStack(
  operation: Operation,
  { lab, stack, ports, fresh, keep }: LabStackOptions,
): Promise<boolean> {
  const { engine } = operation;
  const found = await findStack(engine, stack);
  if (found !== undefined && (fresh || found.lab !== null)) {
    await down(operation, stack, { keepData: false });
  } else if (found !== undefined) {
    const replace = typed(stack, `lab run ${lab.name} --fresh`);
    const { healthy, findings } = await observe(found, await askEngine(engine, found));
    if (!healthy) {
      throw new HalabError(
        'STACK_UNHEALTHY',
        `The stack ${stack} is not healthy, and a lab needs one that is.`,
        {
          lines: findings.map(({ message }) => message),
          hint: `Repair it (${typed(stack, 'status')}), or let the lab replace it and its data: ${replace}.`,
        },
      );
    }
    const lack = misfit(found, lab.stack);
    if (lack === undefined) return false;
    throw new HalabError('STACK_EXISTS', `The stack ${stack} does not fit the lab ${lab.name}: ${lack}.`, {
      hint: `Use another name with --stack, or let the lab replace it and its data: ${replace}.`,
    });
  }
  const { replicas, sync, pooler } = lab.stack;
  try {
    await up(operation, {
      name: stack,
      topology: 'classic',
      ports,
      lab: lab.name,
      replicas,
      pooler,
      ...(sync === 'off' ? {} : { sync }),
    });
  } catch (error) {
    // Another error is better understood beside what there is of the stack; the next run replaces it.
    if (keep || !isInterruption(error)) throw error;
    await removeLabStack(operation, stack);
    throw interruptedLab(error);
  }
  return true;
}

/** After Ctrl-C too: a lab's own stack is nobody's work. */
export async function removeLabStack(operation: Operation, stack: string): Promise<void> {
  if (await hasParts(operation.engine, stack))
    await down({ ...operation, signal: undefined }, stack, { keepData: false });
}

export const isInterruption = (error: unknown): boolean =>
  error instanceof HalabError && error.code === 'INTERRUPTED';

/** What to do after Ctrl-C when nothing is left of the lab's own stack. */
export const interruptedLab = (cause: unknown): HalabError =>
  new HalabError('INTERRUPTED', 'Interrupted.', {
    hint: 'The stack that the lab made is removed. Run the lab again: it begins anew.',
    cause,
  });
