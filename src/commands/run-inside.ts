import type { StackNode } from '../stack/stack.js';
import type { Outcome, Session } from './session.js';

/**
 * Runs a program inside a node, connected to the terminal or to pipes; its exit code becomes that of halab.
 *
 * @throws NODE_NOT_RUNNING; INTERRUPTED when the signal comes while the program is connected to pipes
 */
export async function runInside(
  { engine, io, releaseTerminal, signal }: Session,
  node: StackNode,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const { requireRunning } = await import('../stack/stack.js');
  const { containerId } = requireRunning(node);
  await releaseTerminal();
  const exitCode = await (await engine()).execInteractive(containerId, command, io, { env, signal });
  // The program has written what there is to write; --json must not add to it.
  return { exitCode };
}

/** The operands before `--` and the words after it, which commander gives as one list. */
export function splitOperands(
  operands: readonly string[],
  passedOn: readonly string[],
): { own: readonly string[]; passedOn: readonly string[] } {
  const ownCount = Math.max(0, operands.length - passedOn.length);
  return { own: operands.slice(0, ownCount), passedOn: operands.slice(ownCount) };
}
