import { forkProgram } from '../processes/fork-program.js';
import type { ServicesOptions } from './services.js';

/** What the API can be told by a message. */
export type ForkedApiOptions = Omit<ServicesOptions, 'onDependencyChange'>;

export interface ForkedApi extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string;
}

/**
 * Starts the products API as `halab serve` would, in a process of its own, on any free port of 127.0.0.1.
 *
 * @throws Error with what the process said when it does not start
 */
export async function forkApi(options: ForkedApiOptions): Promise<ForkedApi> {
  const program = forkProgram('api-child');
  const answer = new Promise<unknown>((resolve) => {
    program.onMessage(resolve);
  });
  program.send(options);
  const url = await Promise.race([
    answer,
    program.ended.then(({ said, signal }) => {
      throw new Error(`The API did not start: ${said}${signal ?? ''}`);
    }),
  ]);
  return { url: String(url), [Symbol.asyncDispose]: program[Symbol.asyncDispose] };
}
