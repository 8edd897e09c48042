import { exitCodes } from '../errors/exit-codes.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { letSessionsBe } from '../failover/cut-sessions.js';
import type { Discarded } from '../failover/discarded.js';
import { failover } from '../failover/failover.js';
import { fenceNode } from '../failover/fence-node.js';
import { resumePooler } from '../failover/pause-pooler.js';
import { pointProxy } from '../failover/point-proxy.js';
import { rejoin } from '../failover/rejoin.js';
import { endFill, isFilled } from '../faults/fill.js';
import { healIfNeeded } from '../faults/heal.js';
import { removeAbandonedSidecars } from '../faults/sidecar.js';
import { isWiped } from '../faults/wipe.js';
import { restartNode, startNode } from '../stack/control.js';
import { askEngine } from '../stack/engine-answers.js';
import { observe } from '../stack/observe.js';
import type { Operation } from '../stack/operation.js';
import { startsAsPrimary } from '../stack/second-primary.js';
import type { Finding } from '../stack/snapshot.js';
import { getNode, getStack, nodesOfKind } from '../stack/stack.js';
import { restoreQuorum } from '../stack/sync.js';
import { createMissing, missingNodes } from './missing-nodes.js';
import { planRepair, type RepairFacts, type RepairStep } from './plan-repair.js';

/** A server that recovers from a crash, or a replica that connects again, needs nothing but this time. */
const settleTimeoutMs = 5000;
const settlePollMs = 100;
/** In a row: what fails again and again fails for a reason that stays. */
const maxOvertaken = 3;
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

async function look(operation: Operation, stackName: string): Promise<RepairFacts> {
  const { engine } = operation;
  const stack = await getStack(engine, stackName);
  const snapshot = await observe(stack, await askEngine(engine, stack));
  const missing = await missingNodes(operation, stack);
  const full = await Promise.all(stack.nodes.map((node) => isFilled(engine, node)));
  const stopped = nodesOfKind(stack, 'postgres').filter(({ state }) => state !== 'running');
  const starts = await Promise.all(
    stopped.map(async (node) => (await startsAsPrimary(engine, node)) && !(await isWiped(engine, node))),
  );
  return {
    missing,
    filled: stack.nodes.filter((_, index) => full[index] === true).map(({ name }) => name),
    snapshot,
    startAsPrimary: stopped.filter((_, index) => starts[index] === true).map(({ name }) => name),
  };
}

/** Looks until nothing is on its way any more. */
async function lookWhenSettled(operation: Operation, stackName: string): Promise<RepairFacts> {
  const { clock, signal } = operation;
  let facts = await look(operation, stackName);
  const nothingStarts = ({ snapshot: { nodes, detail } }: RepairFacts): boolean =>
    nodes.every(({ state, problem, replication, networkFaults }) => {
      // What is done to it is ended first; until then it waits in vain.
      if (state !== 'running' || networkFaults.length > 0 || replication?.replayDelay != null) return true;
      if (problem !== null) return false;
      // A replica without a primary, or one that went another way, waits in vain.
      const mayStream = replication !== null && detail.primary !== null && replication.forkLsn === null;
      return !mayStream || replication.state === 'streaming';
    });
  // What is wrong and needs no step may pass by itself: HAProxy's checks find a server some looks after it is there.
  const isSettled = (seen: RepairFacts): boolean =>
    nothingStarts(seen) && (seen.snapshot.healthy || planRepair(seen).length > 0);
  const untilMs = clock.nowMs() + settleTimeoutMs;
  while (!isSettled(facts) && clock.nowMs() < untilMs) {
    await clock.sleep(settlePollMs, signal);
    // A look that fails while things are on their way tells nothing; the next one may.
    facts = await look(operation, stackName).catch(() => facts);
  }
  return facts;
}

/** @returns the step as it was taken: who is promoted is decided by what each replica has received at that moment */
async function carryOut(
  operation: Operation,
  { stack, mayDiscard }: RepairOptions,
  planned: RepairStep,
): Promise<RepairStep> {
  const { action, node } = planned;
  switch (action) {
    case 'create':
      await createMissing(operation, stack);
      return planned;
    case 'make room': {
      const { engine } = operation;
      await endFill(engine, getNode(await getStack(engine, stack), node));
      return planned;
    }
    case 'heal':
      await healIfNeeded(operation, stack, node);
      return planned;
    case 'start':
      await startNode(operation, stack, node);
      return planned;
    case 'restart':
      await restartNode(operation, stack, node);
      return planned;
    case 'fence':
      await fenceNode(operation, { stack, node, force: false });
      return planned;
    case 'failover': {
      const { promoted } = await failover(operation, {
        stack,
        promote: undefined,
        haproxy: 'reload',
        permissions: { force: false, maxLagBytes: undefined },
      });
      return { ...planned, node: promoted };
    }
    case 'proxy point':
      await pointProxy(operation, { stack, node, action: 'reload', force: false });
      return planned;
    case 'let sessions be':
      await letSessionsBe(operation, stack, node);
      return planned;
    case 'resume':
      await resumePooler(operation, stack);
      return planned;
    case 'wait for replicas':
      await restoreQuorum(operation, stack, node);
      return planned;
    case 'rejoin':
      await rejoin(operation, {
        stack,
        node,
        dryRun: false,
        mayDiscard: (discarded) => mayDiscard(node, discarded),
      });
      return planned;
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
  const { clock, signal } = operation;
  const done: RepairStep[] = [];
  let overtaken = 0;
  if (!dryRun) await removeAbandonedSidecars(operation.engine, stack);
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
    try {
      done.push(await carryOut(operation, options, next));
      overtaken = 0;
    } catch (error) {
      overtaken += 1;
      if (!isOvertaken(error) || overtaken > maxOvertaken) throw error;
      await clock.sleep(settlePollMs, signal);
    }
  }
}

/**
 * A step was refused, or a server was gone, because the stack is not as it was seen: what a command that was killed had
 * asked for, such as a stop or a promotion, came about meanwhile. The next look sees it.
 */
const isOvertaken = (error: unknown): boolean =>
  // What is no error of halab's is that of a connection which broke.
  !(error instanceof HalabError) || (error.exitCode === exitCodes.refused && error.code !== 'WOULD_DISCARD');
