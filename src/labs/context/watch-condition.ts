import type { WatchFigures } from '../../measure/watch.js';
import { askEngine } from '../../stack/engine-answers.js';
import { observe } from '../../stack/observe.js';
import type { Snapshot } from '../../stack/snapshot.js';
import { getStack } from '../../stack/stack.js';
import {
  type ClientCondition,
  type Condition,
  isOfClients,
  type StackCondition,
} from '../language/conditions.js';
import type { LabContext } from './context.js';

/** What one look at a condition says: whether it holds, and what was seen. */
interface Look {
  holds: boolean;
  seen: string;
}

const clientPollMs = 10;
/** A look at the stack asks every server. */
const stackPollMs = 100;

/** Of the clients: it holds as soon as one operation since the step began shows it. */
function ofClients(condition: ClientCondition, { writes, reads }: WatchFigures): Look {
  switch (condition.about) {
    case 'writes': {
      const none = { acknowledged: 0, failed: 0, indeterminate: 0 };
      const { acknowledged, failed, indeterminate } =
        condition.path === undefined ? writes : (writes.byPath[condition.path] ?? none);
      const holds = condition.succeed ? acknowledged > 0 : failed + indeterminate > 0;
      return {
        holds,
        seen: `${acknowledged} acknowledged, ${failed} failed, ${indeterminate} indeterminate`,
      };
    }
    case 'reads':
      return {
        holds: condition.succeed ? reads.good > 0 : reads.failed > 0,
        seen: `${reads.good} answered, ${reads.failed} failed`,
      };
    case 'source': {
      const { cache, replica, primary } = reads.bySource;
      return {
        holds: reads.bySource[condition.source] > 0,
        seen: `${cache} from the cache, ${replica} from a replica, ${primary} from the primary`,
      };
    }
    case 'error': {
      const errors = writes.failed + writes.indeterminate + reads.failed;
      return { holds: errors > 0, seen: `${errors} errors` };
    }
  }
}

/** Of the clients: nothing in all that time speaks against it. */
function stayed(condition: ClientCondition, { writes, reads }: WatchFigures): boolean {
  switch (condition.about) {
    case 'writes': {
      const counts = condition.path === undefined ? writes : writes.byPath[condition.path];
      if (counts === undefined || counts.attempted === 0) return false;
      return condition.succeed ? counts.acknowledged === counts.attempted : counts.acknowledged === 0;
    }
    case 'reads':
      if (reads.good + reads.failed === 0) return false;
      return condition.succeed ? reads.failed === 0 : reads.good === 0;
    case 'source':
      return reads.good > 0 && reads.bySource[condition.source] === reads.good;
    case 'error':
      return writes.failed + writes.indeterminate + reads.failed > 0;
  }
}

function ofStack(condition: StackCondition, { nodes, findings }: Snapshot): Look {
  const codes = findings.map(({ code }) => code).join(', ') || 'no findings';
  switch (condition.about) {
    case 'health':
      return { holds: findings.length === 0, seen: codes };
    case 'finding':
      return {
        holds: findings.some(({ code }) => code === condition.code) === condition.present,
        seen: codes,
      };
    case 'streaming': {
      const replication = nodes.find(({ name }) => name === condition.node)?.replication;
      return { holds: replication?.state === 'streaming', seen: replication?.state ?? 'no replica' };
    }
    case 'node': {
      const node = nodes.find(({ name }) => name === condition.node);
      const role = node?.role?.found ?? null;
      const seen = [node?.state ?? 'not there', ...(role === null ? [] : [role])].join(', ');
      const states = {
        primary: node?.state === 'running' && role === 'primary',
        replica: node?.state === 'running' && role === 'replica',
        running: node?.state === 'running',
        paused: node?.state === 'paused',
        stopped: node?.state === 'exited' || node?.state === 'dead',
      };
      return { holds: states[condition.state], seen };
    }
  }
}

const named = (condition: StackCondition, { node }: LabContext): StackCondition =>
  condition.about === 'node' || condition.about === 'streaming'
    ? { ...condition, node: node(condition.node) }
    : condition;

async function lookAtStack(context: LabContext, condition: StackCondition): Promise<Look> {
  const { engine } = context.operation;
  const stack = await getStack(engine, context.stack);
  return ofStack(named(condition, context), await observe(stack, await askEngine(engine, stack)));
}

/** Follows the clients from now on while some work asks what they felt. */
async function watching(
  { load }: LabContext,
  work: (figures: () => Promise<WatchFigures>) => Promise<Look>,
): Promise<Look> {
  const watch = await load.watch();
  try {
    return await work(() => load.figures(watch));
  } finally {
    await load.end(watch);
  }
}

/** Looks until it holds, or until the time is over. */
async function poll(
  { operation: { clock, signal } }: LabContext,
  { withinMs, everyMs }: { withinMs: number; everyMs: number },
  look: () => Promise<Look>,
): Promise<Look> {
  const startMs = clock.nowMs();
  for (;;) {
    signal?.throwIfAborted();
    const seen = await look();
    if (seen.holds) return { holds: true, seen: `after ${Math.round(clock.nowMs() - startMs)} ms` };
    if (clock.nowMs() - startMs >= withinMs) return seen;
    await clock.sleep(everyMs, signal);
  }
}

/** Looks until a condition holds. @returns what was seen, and whether it held in time */
export async function becomes(context: LabContext, condition: Condition, withinMs: number): Promise<Look> {
  if (!isOfClients(condition))
    return await poll(context, { withinMs, everyMs: stackPollMs }, () => lookAtStack(context, condition));
  return await watching(context, (figures) =>
    poll(context, { withinMs, everyMs: clientPollMs }, async () => ofClients(condition, await figures())),
  );
}

/** Whether a condition holds all the time; what the clients do meanwhile all counts, of the stack each look. */
export async function stays(context: LabContext, condition: Condition, forMs: number): Promise<Look> {
  const { clock, signal } = context.operation;
  if (isOfClients(condition))
    return await watching(context, async (figures) => {
      await clock.sleep(forMs, signal);
      const felt = await figures();
      return { holds: stayed(condition, felt), seen: ofClients(condition, felt).seen };
    });
  const untilMs = clock.nowMs() + forMs;
  while (clock.nowMs() < untilMs) {
    await clock.sleep(Math.min(stackPollMs, Math.max(1, untilMs - clock.nowMs())), signal);
    const seen = await lookAtStack(context, condition);
    if (!seen.holds) return seen;
  }
  return { holds: true, seen: 'at every look' };
}
