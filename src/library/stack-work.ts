import type { Operation } from '../stack/operation.js';

/** Runs the operations of one handle, and knows which are at work. */
export interface StackWork {
  /** One that looks, or that breaks something in the middle of another. */
  readonly run: <T>(work: (operation: Operation) => Promise<T>) => Promise<T>;
  /**
   * One that changes the stack; others are kept from changing it meanwhile.
   *
   * @param name how it is told to whoever is refused
   * @throws STACK_BUSY
   */
  readonly change: <T>(name: string, work: (operation: Operation) => Promise<T>) => Promise<T>;
  /** Interrupts those that are at work, and returns when they have ended. None begins any more. */
  readonly end: (reason: Error) => Promise<void>;
}

/** @param signal interrupts them too */
export function workOn(
  stackName: string,
  world: Omit<Operation, 'signal'>,
  signal: AbortSignal | undefined,
): StackWork {
  const ending = new AbortController();
  const either = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]);
  const atWork = new Set<Promise<unknown>>();
  const run: StackWork['run'] = async (work) => {
    either.throwIfAborted();
    const working = work({ ...world, signal: either });
    atWork.add(working);
    try {
      return await working;
    } finally {
      atWork.delete(working);
    }
  };
  return {
    run,
    change: (name, work) =>
      run(async (operation) => {
        const { lockStack } = await import('../stack/lock.js');
        using _held = await lockStack(operation.engine.endpoint.url, stackName, name);
        return await work(operation);
      }),
    end: async (reason) => {
      ending.abort(reason);
      await Promise.allSettled(atWork);
    },
  };
}
