import { createBirpc } from 'birpc';
import { type Clock, originOf } from '../clock/clock.js';
import { HalabError } from '../errors/halab-error.js';
import type { Emit } from '../events/events.js';
import { forkProgram } from '../processes/fork-program.js';
import type { LoadProgress, LoadService, RemoteLoadOptions } from './load-service.js';

/** What the process of a load tells the one that started it. */
export interface LoadListener {
  readonly onProgress: (progress: LoadProgress) => void;
}

/** The questions of `LoadService`, each answered by a promise. */
type Asked = {
  readonly [Question in keyof LoadService]: (
    ...asked: Parameters<LoadService[Question]>
  ) => Promise<Awaited<ReturnType<LoadService[Question]>>>;
};

/** Clients at work in a process of their own, on the clock of this one. */
export interface ForkedLoad extends AsyncDisposable, Omit<Asked, 'start'> {
  readonly start: (options: Omit<RemoteLoadOptions, 'originMs'>) => Promise<number>;
}

/**
 * Starts the process of a load, whose clients begin with `start`. Its passwords reach it by a message.
 * Its answers throw CLIENTS_ENDED when something ended it from outside.
 *
 * @param signal makes whoever waits for an answer throw its reason
 */
export function forkLoad({
  clock,
  emit,
  signal,
}: {
  clock: Clock;
  emit: Emit;
  signal?: AbortSignal | undefined;
}): ForkedLoad {
  const program = forkProgram('load-child');
  let gone: Error | undefined;
  const post = (message: unknown): void => {
    // Whoever asks later is told the same as those who waited.
    if (gone !== undefined) throw gone;
    program.send(message);
  };
  const asked = createBirpc<LoadService, LoadListener>(
    { onProgress: emit },
    { post, on: program.onMessage, timeout: -1 },
  );
  const reject = (reason: unknown): void => {
    void asked.$rejectPendingCalls((call) => {
      call.reject(reason);
    });
  };
  const onAbort = (): void => {
    reject(signal?.reason);
  };
  signal?.addEventListener('abort', onAbort);
  void program.ended.then(({ said, signal: killedBy }) => {
    gone =
      killedBy === null
        ? new Error(`The clients ended: ${said}`)
        : new HalabError('CLIENTS_ENDED', `The process of the clients was ended by ${killedBy}.`);
    reject(gone);
  });
  return {
    start: (options) => asked.start({ ...options, originMs: originOf(clock) }),
    useApi: asked.useApi,
    steady: asked.steady,
    watch: asked.watch,
    markFault: asked.markFault,
    figures: asked.figures,
    renew: asked.renew,
    end: asked.end,
    attempted: asked.attempted,
    insert: asked.insert,
    missing: asked.missing,
    stop: asked.stop,
    judge: asked.judge,
    [Symbol.asyncDispose]: async () => {
      signal?.removeEventListener('abort', onAbort);
      await program[Symbol.asyncDispose]();
    },
  };
}
