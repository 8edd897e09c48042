import { waitUntil } from '../clock/wait-until.js';
import { HalabError } from '../errors/halab-error.js';
import type { DownResult } from '../stack/down.js';
import type { Operation } from '../stack/operation.js';
import { removeOnSignal } from './remove-on-signal.js';
import type { StackWork } from './stack-work.js';

/** A command in another terminal may hold the stack when it is to be removed; none takes longer but a base backup. */
const busyTimeoutMs = 60_000;

/** How a handle's stack ends. */
export interface StackEnding {
  /** The stack is this handle's own: from now on disposal removes it. */
  readonly own: () => void;
  /** What is to be closed before the stack goes. */
  readonly before: (close: () => Promise<void>) => void;
  /** @throws STACK_NOT_FOUND, STACK_BUSY, DISKS_IN_MEMORY */
  readonly down: (options: { keepData: boolean }) => Promise<DownResult>;
  /** Interrupts and closes what there is, and removes the stack if it is the handle's own. May be called again. */
  readonly dispose: () => Promise<void>;
}

const hasCode = (error: unknown, code: HalabError['code']): boolean =>
  error instanceof HalabError && error.code === code;

interface EndingOptions {
  /** Whether SIGINT and SIGTERM dispose of it. */
  onSignal: boolean;
}

export function endingOf(
  stackName: string,
  world: Omit<Operation, 'signal'>,
  work: StackWork,
  { onSignal }: EndingOptions,
): StackEnding {
  const closers: (() => Promise<void>)[] = [];
  let isOwn = false;
  let disposing: Promise<void> | undefined;
  const stopWork = async (): Promise<void> => {
    await work.end(
      new HalabError('INTERRUPTED', `The stack ${stackName} was given back.`, {
        hint: 'Begin nothing on it any more, and wait for what has begun before that.',
      }),
    );
    await Promise.all(closers.map((close) => close()));
  };
  const remove = async (options: { keepData: boolean }): Promise<DownResult> => {
    const [{ down }, { lockStack }] = await Promise.all([
      import('../stack/down.js'),
      import('../stack/lock.js'),
    ]);
    using _held = await lockStack(world.engine.endpoint.url, stackName, 'stack.down()');
    const result = await down(world, stackName, options);
    isOwn = false;
    return result;
  };
  const dispose = async (): Promise<void> => {
    await stopWork();
    if (isOwn) {
      await waitUntil(() => remove({ keepData: false }), {
        clock: world.clock,
        timeoutMs: busyTimeoutMs,
        intervalMs: 200,
        isFinal: (error) => !hasCode(error, 'STACK_BUSY'),
        onTimeout: (error) => error as Error,
      }).catch((error: unknown) => {
        if (!hasCode(error, 'STACK_NOT_FOUND')) throw error;
      });
    }
    // Only now: a Ctrl-C in the middle of a removal waits for its end.
    guard?.[Symbol.dispose]();
  };
  const disposeOnce = (): Promise<void> => {
    // One that failed is tried again by the next call.
    disposing ??= dispose().finally(() => {
      disposing = undefined;
    });
    return disposing;
  };
  const guard = onSignal ? removeOnSignal(disposeOnce) : undefined;
  return {
    own: () => {
      isOwn = true;
    },
    before: (close) => {
      closers.push(close);
    },
    down: async (options) => {
      await stopWork();
      const result = await remove(options);
      guard?.[Symbol.dispose]();
      return result;
    },
    dispose: disposeOnce,
  };
}
