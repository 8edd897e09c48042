import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { step } from '../events/events.js';
import { recorded } from '../history/history.js';
import { openSession } from '../nodes/postgres/client.js';
import { promoteCommand } from '../nodes/postgres/kind.js';
import { readServerState } from '../nodes/postgres/server-state.js';
import { createSlots } from '../nodes/postgres/slots.js';
import { changeQuorum, waitForReplicas } from '../nodes/postgres/sync.js';
import { openAccess } from '../stack/access.js';
import type { Operation } from '../stack/operation.js';
import { getNode, getStack, nodesOfKind, requireRunning } from '../stack/stack.js';
import { fence, promoteAndWait, readRecovery, waitForReplay } from './promotion.js';
import { repoint } from './repoint.js';

export interface PromoteResult {
  promoted: string;
  fenced: string[];
  timeline: { before: number; after: number };
  durationMs: number;
  next: string[];
}

/**
 * The promotion alone, as in a failover by hand: the proxy still sends writes to the old node.
 *
 * @throws PRIMARY_ALIVE while another node runs that is, or may be, a primary; NOT_A_REPLICA; NODE_NOT_RUNNING
 */
export const promote = (operation: Operation, stackName: string, name: string): Promise<PromoteResult> =>
  recorded(
    operation,
    { operation: 'promote', stack: stackName, node: name },
    () => promoteAlone(operation, stackName, name),
    ({ timeline }) => ({ node: name, cause: 'by hand', timeline }),
  );

async function promoteAlone(operation: Operation, stackName: string, name: string): Promise<PromoteResult> {
  const { engine, clock, emit } = operation;
  const stack = await getStack(engine, stackName);
  const node = requireRunning(getNode(stack, name, 'postgres'));
  const access = await openAccess(engine, stack);
  await using session = await openSession(access.postgres(node, 'postgres'));
  const before = await readRecovery(session);
  if (!before.replica) {
    throw new HalabError('NOT_A_REPLICA', `${name} is a primary already.`, {
      hint: `Send writes to it: ${typed(stackName, `proxy point ${name}`)}.`,
    });
  }
  const others = nodesOfKind(stack, 'postgres').filter((other) => other.name !== name);
  for (const other of others.filter(({ state }) => state !== 'exited' && state !== 'created')) {
    const role =
      other.state === 'running'
        ? (await readServerState(access.postgres(other, 'monitor')).catch(() => undefined))?.role
        : undefined;
    if (role === 'replica') continue;
    throw new HalabError(
      'PRIMARY_ALIVE',
      role === 'primary'
        ? `${other.name} is a running primary.`
        : `${other.name} is ${other.state} and may be a primary.`,
      {
        hint: `Stop it first: ${typed(stackName, `stop ${other.name}`)}. Or all steps at once: ${typed(stackName, `failover --promote ${name} --force`)}.`,
      },
    );
  }
  const startMs = clock.nowMs();
  using pgCtl = engine.prepareExec(node.containerId, { command: promoteCommand });
  const stopped = others.filter(({ state }) => state !== 'running');
  await step(emit, clock.nowMs, { id: 'replay', title: 'replay', node: name }, () =>
    waitForReplay(operation, node, session, { sourceStopped: stopped.length === others.length }),
  );
  await step(emit, clock.nowMs, { id: 'promote', title: 'promote', node: name }, async () => {
    await Promise.all([promoteAndWait(operation, node, session, pgCtl), fence(operation, stopped, name)]);
  });
  await waitForReplicas(session, []);
  await createSlots(session, others);
  const followers = others.filter(({ state }) => state === 'running');
  const { diverged } = await repoint(operation, access, followers, node);
  await changeQuorum(session, () =>
    followers.map((each) => each.name).filter((each) => !diverged.includes(each)),
  );
  const { timeline } = await readServerState(access.postgres(node, 'monitor'));
  return {
    promoted: name,
    fenced: stopped.map((other) => other.name),
    timeline: { before: before.timeline, after: timeline },
    durationMs: clock.nowMs() - startMs,
    next: [
      typed(stackName, `proxy point ${name}`),
      ...diverged.map((each) => typed(stackName, `rejoin ${each}`)),
    ],
  };
}
