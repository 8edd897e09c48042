import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import type { HalabEvent } from '../events/events.js';
import type { StackHandle } from './stack-handle.js';
import type { StartStackOptions } from './start-options.js';

const ignore: (event: HalabEvent) => void = () => undefined;

/**
 * Starts a stack, and returns when a write through its proxy was replayed on each replica.
 *
 * A start that fails leaves nothing behind. A process that is killed (SIGKILL) leaves its stack; `halab ls` shows it, and
 * `halab down --stack NAME` removes it.
 *
 * @example
 * await using stack = await startStack({ sync: 'on' });
 * const service = startMyService({ databaseUrl: stack.endpoints.writeUrl });
 * await stack.fault('kill', 'db-primary');
 * await stack.failover();
 *
 * @throws USAGE, TOPOLOGY_INVALID, ENGINE_UNREACHABLE, BASE_IMAGE_MISSING, IMAGE_BUILD_FAILED, PORT_TAKEN; STACK_EXISTS when
 *   there is one of that name and `reuse` is not set; NODE_FAILED, VERIFICATION_FAILED; the reason of `signal`
 */
export async function startStack(options: StartStackOptions = {}): Promise<StackHandle> {
  const { signal, onEvent: emit = ignore } = options;
  signal?.throwIfAborted();
  const { planStart } = await import('./start-options.js');
  const plan = planStart(options);
  const { name } = plan.up;
  const [
    { connectEngine },
    { systemClock },
    { historyFiles },
    { memoryHistory },
    { workOn },
    { endingOf },
    { openHandle },
  ] = await Promise.all([
    import('../docker/connect-engine.js'),
    import('../clock/clock.js'),
    import('../history/history-file.js'),
    import('../history/memory-history.js'),
    import('./stack-work.js'),
    import('./stack-ending.js'),
    import('./open-handle.js'),
  ]);
  const world = {
    engine: await connectEngine(process.env),
    clock: systemClock,
    emit,
    // A stack that ends with this process leaves no file about it either.
    history: plan.keep || plan.reuse ? historyFiles(process.env) : memoryHistory(),
  };
  const work = workOn(name, world, signal);
  const ending = endingOf(name, world, work, { onSignal: plan.removeOnSignal && !plan.keep });
  try {
    const started = await work.change('startStack()', async (operation) => {
      const [{ hasParts }, { up }] = await Promise.all([
        import('../stack/down.js'),
        import('../stack/up.js'),
      ]);
      const isThere = await hasParts(operation.engine, name);
      if (isThere && !plan.reuse) {
        throw new HalabError('STACK_EXISTS', `There is a stack named ${name} already.`, {
          hint: `Use it (reuse: true), choose another name, or remove it: ${typed(name, 'down')}.`,
        });
      }
      if (!isThere && !plan.keep) ending.own();
      return await up(operation, plan.up);
    });
    return await openHandle({ name, emit, work, ending, started });
  } catch (error) {
    await ending.dispose().catch((removalError: unknown) => {
      const message = `The stack ${name} was not removed (${String(removalError)}): ${typed(name, 'down')}.`;
      emit({ type: 'note', severity: 'warning', message });
    });
    throw error;
  }
}
