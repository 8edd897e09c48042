import { waitUntil } from '../clock/wait-until.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { letSessionsBe } from '../failover/cut-sessions.js';
import type { Discarded } from '../failover/discarded.js';
import { failover } from '../failover/failover.js';
import { fenceNode } from '../failover/fence-node.js';
import { pointProxy } from '../failover/point-proxy.js';
import { rejoin } from '../failover/rejoin.js';
import { heal } from '../faults/heal.js';
import { isWiped } from '../faults/wipe.js';
import { restartNode, startNode } from '../stack/control.js';
import { askEngine } from '../stack/engine-answers.js';
import { observe } from '../stack/observe.js';
import type { Operation } from '../stack/operation.js';
import { startsAsPrimary } from '../stack/second-primary.js';
import type { Finding } from '../stack/snapshot.js';
import { getStack, nodesOfKind } from '../stack/stack.js';
import { planRepair, type RepairFacts, type RepairStep } from './plan-repair.js';

/** A server that recovers from a crash, or a replica that connects again, needs nothing but this time. */
const settleTimeoutMs = 5000;
const settlePollMs = 100;
/** More steps than any stack needs; the end of one that undoes itself. */
const maxSteps = 30;

export interface RepairOptions {
  stack: string;
  dryRun: boolean;
  /** Asked before a rejoin throws committed transactions away. */
  readonly mayDiscard: (node: string, discarded: Discarded | undefined) => Promise<boolean>;
}

export interface RepairResult {
  stack: string;
  dryRun: boolean;
  /** Done, or in a dry run the ones that can be seen now. */
  steps: RepairStep[];
  healthy: boolean;
  /** What is left. */
  findings: Finding[];
}

async function look({ engine }: Operation, stackName: string): Promise<RepairFacts> {
  const stack = await getStack(engine, stackName);
  const snapshot = await observe(stack, await askEngine(engine, stack));
  const stopped = nodesOfKind(stack, 'postgres').filter(({ state }) => state !== 'running');
  const starts = await Promise.all(
    stopped.map(async (node) => (await startsAsPrimary(engine, node)) && !(await isWiped(engine, node))),
  );
  return {
    snapshot,
    startAsPrimary: stopped.filter((_, index) => starts[index] === true).map(({ name }) => name),
  };
}

/** Looks until nothing is on its way any more. */
async function lookWhenSettled(operation: Operation, stackName: string): Promise<RepairFacts> {
  const { clock, signal } = operation;
  let facts = await look(operation, stackName);
  const isSettled = ({ snapshot: { nodes } }: RepairFacts): boolean =>
    nodes.every(
      ({ state, problem, replication }) =>
        state !== 'running' ||
        (problem === null && (replication === null || replication.state === 'streaming')),
    );
  if (isSettled(facts)) return facts;
  return await waitUntil(
    async () => {
      facts = await look(operation, stackName);
      return isSettled(facts) ? facts : undefined;
    },
    { clock, timeoutMs: settleTimeoutMs, intervalMs: settlePollMs, signal, onTimeout: () => new Unsettled() },
  ).catch((error: unknown) => {
    if (error instanceof Unsettled) return facts;
    throw error;
  });
}

class Unsettled extends Error {}

async function carryOut(
  operation: Operation,
  { stack, mayDiscard }: RepairOptions,
  { action, node }: RepairStep,
): Promise<void> {
  switch (action) {
    case 'heal':
      await heal(operation, stack, node);
      return;
    case 'start':
      await startNode(operation, stack, node);
      return;
    case 'restart':
      await restartNode(operation, stack, node);
      return;
    case 'fence':
      await fenceNode(operation, { stack, node, force: false });
      return;
    case 'failover':
      await failover(operation, {
        stack,
        promote: undefined,
        haproxy: 'reload',
        permissions: { force: false, maxLagBytes: undefined },
      });
      return;
    case 'proxy point':
      await pointProxy(operation, { stack, node, action: 'reload', force: false });
      return;
    case 'let sessions be':
      await letSessionsBe(operation, stack, node);
      return;
    case 'rejoin':
      await rejoin(operation, {
        stack,
        node,
        dryRun: false,
        mayDiscard: (discarded) => mayDiscard(node, discarded),
      });
      return;
  }
}

/**
 * Brings a stack back to its full redundancy: one primary, every other PostgreSQL node streaming from it, the proxy
 * pointing at it, nothing stopped or paused. It looks, takes the first step, and looks again until nothing is left to do.
 *
 * @throws REPAIR_FAILED when the steps go round in circles; what the steps throw
 */
export async function repair(operation: Operation, options: RepairOptions): Promise<RepairResult> {
  const { stack, dryRun } = options;
  operation.emit({ type: 'operation.started', operation: 'repair', stack });
  const done: RepairStep[] = [];
  for (;;) {
    const facts = await lookWhenSettled(operation, stack);
    const steps = planRepair(facts);
    const [next] = steps;
    const { healthy, findings } = facts.snapshot;
    if (dryRun || next === undefined)
      return { stack, dryRun, steps: dryRun ? steps : done, healthy, findings };
    operation.signal?.throwIfAborted();
    if (done.length === maxSteps) {
      throw new HalabError('REPAIR_FAILED', `After ${maxSteps} steps the stack ${stack} is not repaired.`, {
        hint: `See what is wrong: ${typed(stack, 'status')}.`,
        lines: done.map(({ action, node, why }) => `${action} ${node}: ${why}`),
      });
    }
    await carryOut(operation, options, next);
    done.push(next);
  }
}
