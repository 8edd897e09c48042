import { HalabError } from '../../src/errors/halab-error.js';
import { down } from '../../src/stack/down.js';
import type { Operation } from '../../src/stack/operation.js';

/** Removes a stack and its data; one that is not there is as good as removed. */
export async function removeStack(operation: Operation, name: string): Promise<void> {
  try {
    await down(operation, name, { keepData: false });
  } catch (error) {
    if (!(error instanceof HalabError && error.code === 'STACK_NOT_FOUND')) throw error;
  }
}
