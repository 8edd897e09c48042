import { randomUUID } from 'node:crypto';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { resume, resumeLaterCommand } from '../nodes/pgbouncer/pause.js';
import { openAccess, type StackAccess } from '../stack/access.js';
import type { Operation } from '../stack/operation.js';
import { openConsole } from '../stack/pooler-state.js';
import { getStack, nodesOfKind, type Stack } from '../stack/stack.js';

/** PgBouncer, for one pause. */
export interface PoolerPause {
  /**
   * Has it finish the transactions that it carries, and keep what comes next waiting, without an error to any client
   * (PgBouncer manual, PAUSE).
   *
   * @throws SWITCHOVER_CALLED_OFF when a transaction is not over in time
   */
  readonly pause: (timeoutMs: number) => Promise<void>;
  readonly resume: () => Promise<void>;
}

async function resumeNow(access: StackAccess): Promise<void> {
  await using session = await openConsole(access, 'postgres');
  await resume(session);
}

/**
 * Looks whether the pooler of a stack can be paused; undefined where none runs.
 *
 * @param atMostMs after which a pause ends by itself
 * @throws NODE_NOT_RUNNING when it does not answer
 */
export async function preparePause(
  { engine }: Operation,
  stack: Stack,
  access: StackAccess,
  atMostMs: number,
): Promise<PoolerPause | undefined> {
  const pooler = nodesOfKind(stack, 'pgbouncer').find(
    ({ state }) => state !== 'exited' && state !== 'created',
  );
  if (pooler === undefined) return undefined;
  try {
    // The clock that ends the pause, should halab die, runs already.
    const resumeLater = resumeLaterCommand(randomUUID(), atMostMs / 1000);
    await Promise.all([resumeNow(access), engine.exec(pooler.containerId, resumeLater)]);
  } catch (error) {
    throw new HalabError('NODE_NOT_RUNNING', `${pooler.name} is ${pooler.state} and does not answer.`, {
      hint: `Bring it back, and try again: ${typed(stack.name, 'repair')}. Or stop it: ${typed(stack.name, `stop ${pooler.name}`)}.`,
      cause: error,
    });
  }
  return {
    pause: async (timeoutMs) => {
      await using session = await openConsole(access, 'postgres', timeoutMs);
      try {
        await session.query('PAUSE');
      } catch (error) {
        throw new HalabError(
          'SWITCHOVER_CALLED_OFF',
          `Transactions through ${pooler.name} were still open when the time was over.`,
          { cause: error },
        );
      }
    },
    resume: () => resumeNow(access),
  };
}

/** Lets statements through that a switchover which was cut off has left waiting. */
export async function resumePooler({ engine }: Operation, stackName: string): Promise<void> {
  await resumeNow(await openAccess(engine, await getStack(engine, stackName)));
}
