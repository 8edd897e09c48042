import { type ApiOptions, type RunningApi, startApi } from '../api/serve.js';
import type { Engine } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import type { Emit } from '../events/events.js';
import { findEndpoints } from '../stack/endpoints.js';
import { getStack, nodesOfKind } from '../stack/stack.js';

/** Where the products API of a stack finds its servers, and where it listens. */
type ServingPlan = Pick<ApiOptions, 'writeUrl' | 'readUrl' | 'redisUrl' | 'port'>;

/**
 * @param port where the API is to listen, 0 for any free port; the stack's API port when it is left out
 * @throws STACK_NOT_FOUND, STACK_INCOMPLETE; PORT_TAKEN when instances behind HAProxy have the stack's API port
 */
export async function planServing(
  engine: Engine,
  stackName: string,
  port: number | undefined,
): Promise<ServingPlan> {
  const stack = await getStack(engine, stackName);
  const instances = nodesOfKind(stack, 'api').map(({ name }) => name);
  if (port === undefined && instances.length > 0) {
    throw new HalabError(
      'PORT_TAKEN',
      `Port ${stack.apiPort} is that of the API’s instances: ${instances.join(', ')}.`,
      {
        hint: `Use them, or another port: ${typed(stackName, 'serve --port 0')}. ${typed(stackName, 'up --api 0')} removes them.`,
      },
    );
  }
  const { writeUrl, readUrl, redisUrl } = await findEndpoints(engine, stack);
  return { writeUrl, readUrl, redisUrl, port: port ?? stack.apiPort };
}

/**
 * The products API in this process, on the servers of a stack. Changes of its dependencies are emitted as notes.
 *
 * @throws PORT_TAKEN
 */
export async function serveApi(
  emit: Emit,
  stackName: string,
  options: Omit<ApiOptions, 'onDependencyChange'>,
): Promise<RunningApi> {
  return await startApi({
    ...options,
    onDependencyChange: ({ dependency, state, lastError }) => {
      emit({
        type: 'note',
        severity: state === 'up' ? 'info' : 'warning',
        message: `${dependency} is ${state}${lastError === null ? '' : `: ${lastError}`}`,
      });
    },
  }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new HalabError('PORT_TAKEN', `Port ${options.port} is in use.`, {
      hint: `Choose another: ${typed(stackName, 'serve --port 0')}.`,
      cause: error,
    });
  });
}
