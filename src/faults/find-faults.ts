import { readServerState } from '../nodes/postgres/server-state.js';
import type { StackAccess } from '../stack/access.js';
import { describeNetworkFault } from '../stack/network-fault.js';
import type { Operation } from '../stack/operation.js';
import type { Stack, StackNode } from '../stack/stack.js';
import { hasEnded } from '../stack/stop-container.js';
import type { Fault } from './fault.js';
import { isFilled } from './fill.js';
import { isWiped } from './wipe.js';

const askTimeoutMs = 1000;

async function faultOf(
  operation: Operation,
  access: StackAccess,
  node: StackNode,
): Promise<Fault | undefined> {
  const { name, kind, state } = node;
  if (state === 'paused')
    return { fault: 'pause', node: name, detail: 'it holds its connections and answers nobody' };
  if (hasEnded(node)) {
    return kind === 'postgres' && (await isWiped(operation.engine, node))
      ? { fault: 'wipe', node: name, detail: 'its data directory is lost' }
      : { fault: 'stopped', node: name, detail: 'its container has ended' };
  }
  if (kind !== 'postgres') return undefined;
  const server = await readServerState(access.postgres(node, 'monitor'), askTimeoutMs).catch(() => undefined);
  const delay = server?.replayDelay;
  if (delay?.paused === true) return { fault: 'lag', node: name, detail: 'it replays nothing' };
  return delay !== null && delay !== undefined && delay.delayMs > 0
    ? { fault: 'lag', node: name, detail: `it replays each commit ${delay.delayMs / 1000} s late` }
    : undefined;
}

/** The faults in force, read from the engine and the servers: nothing is remembered. */
export async function findFaults(operation: Operation, stack: Stack, access: StackAccess): Promise<Fault[]> {
  const found = await Promise.all(stack.nodes.map((node) => faultOf(operation, access, node)));
  const cut = stack.networkFaults.map(
    (each): Fault => ({ fault: each.fault, node: each.node, detail: `it is ${describeNetworkFault(each)}` }),
  );
  const filled = await Promise.all(stack.nodes.map((node) => isFilled(operation.engine, node)));
  const full = stack.nodes
    .filter((_, index) => filled[index] === true)
    .map(({ name }): Fault => ({ fault: 'fill', node: name, detail: 'its disk is full' }));
  return [...cut, ...full, ...found.filter((fault) => fault !== undefined)];
}
