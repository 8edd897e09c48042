import type { Operation } from '../stack/operation.js';
import type { Session } from './session.js';

/** What an operation on the session's stack is given. */
export const operationOf = async (session: Session): Promise<Operation> => ({
  engine: await session.engine(),
  clock: session.clock,
  emit: session.emit,
  signal: session.signal,
});
