import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { step } from '../events/events.js';
import type { HaproxyAction } from '../nodes/haproxy/point.js';
import { readServerState } from '../nodes/postgres/server-state.js';
import { openAccess } from '../stack/access.js';
import type { Operation } from '../stack/operation.js';
import { getNode, getStack, onlyNode } from '../stack/stack.js';
import { proxyChange, verifyWrites } from './proxy-change.js';

export interface PointProxyResult {
  writesTo: { before: string | null; after: string };
  haproxy: { action: HaproxyAction };
  /** A write through the proxy was acknowledged by the node; false only with --force. */
  verified: boolean;
  durationMs: number;
}

/**
 * Sends writes to another node: rewrites haproxy.cfg, has HAProxy check it and take it.
 *
 * @throws NOT_A_PRIMARY unless forced, NODE_NOT_FOUND, PROXY_CONFIG_INVALID, VERIFICATION_FAILED
 */
export async function pointProxy(
  operation: Operation,
  {
    stack: stackName,
    node: name,
    action,
    force,
  }: { stack: string; node: string; action: HaproxyAction; force: boolean },
): Promise<PointProxyResult> {
  const { engine, clock, emit } = operation;
  const stack = await getStack(engine, stackName);
  const node = getNode(stack, name, 'postgres');
  const haproxy = onlyNode(stack, 'haproxy');
  const access = await openAccess(engine, stack);
  const role =
    node.state === 'running'
      ? (await readServerState(access.postgres(node, 'monitor')).catch(() => undefined))?.role
      : undefined;
  if (role !== 'primary' && !force) {
    throw new HalabError(
      'NOT_A_PRIMARY',
      `${name} ${role === undefined ? `does not answer (${node.state})` : 'is a replica and refuses writes'}.`,
      {
        hint: `Promote it first: ${typed(stackName, `promote ${name}`)}. With --force the proxy is pointed all the same.`,
      },
    );
  }
  const startMs = clock.nowMs();
  using change = proxyChange(operation, stack, [name], action);
  const before = await step(
    emit,
    clock.nowMs,
    { id: 'check', title: 'check haproxy.cfg', node: haproxy.name },
    change.check,
  );
  await step(emit, clock.nowMs, { id: 'point', title: `${action} haproxy`, node: haproxy.name }, () =>
    change.apply(name),
  );
  if (role === 'primary') {
    await step(
      emit,
      clock.nowMs,
      { id: 'verify', title: 'verify a write through the proxy', node: name },
      () => verifyWrites(operation, access, name),
    );
  }
  return {
    writesTo: { before: before ?? null, after: name },
    haproxy: { action },
    verified: role === 'primary',
    durationMs: clock.nowMs() - startMs,
  };
}
