import { historyFiles } from '../history/history-file.js';
import type { Operation } from '../stack/operation.js';
import type { Session } from './session.js';

/** What an operation on the session's stack is given. */
export const operationOf = async (session: Session): Promise<Operation> => ({
  engine: await session.engine(),
  history: historyFiles(session.io.env),
  clock: session.clock,
  emit: session.emit,
  signal: session.signal,
});

/**
 * Runs an operation of several steps on the session's stack, and keeps others from changing it meanwhile. `stop`,
 * `start` and `restart` of one node do without: whoever wants to see a node die in the middle of a failover may.
 *
 * @param name the command, as it is typed after `halab`
 * @throws STACK_BUSY; what the operation throws
 */
export async function changeStack<T>(
  session: Session,
  name: string,
  change: (operation: Operation) => Promise<T>,
): Promise<T> {
  const [operation, { lockStack }] = await Promise.all([operationOf(session), import('../stack/lock.js')]);
  using _held = await lockStack(operation.engine.endpoint.url, session.stackName, `halab ${name}`);
  return await change(operation);
}
