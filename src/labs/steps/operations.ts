import Type from 'typebox';
import { addReplica as runAddReplica } from '../../failover/add-replica.js';
import { describeDiscarded } from '../../failover/discarded.js';
import { failover as runFailover } from '../../failover/failover.js';
import { fenceNode } from '../../failover/fence-node.js';
import { pointProxy as runPointProxy } from '../../failover/point-proxy.js';
import { promote as runPromote } from '../../failover/promote.js';
import { rejoin as runRejoin } from '../../failover/rejoin.js';
import { removeReplica as runRemoveReplica } from '../../failover/remove-replica.js';
import { switchover as runSwitchover } from '../../failover/switchover.js';
import { repair as runRepair } from '../../repair/repair.js';
import { restartNode, startNode, stopNode } from '../../stack/control.js';
import { askEngine } from '../../stack/engine-answers.js';
import { getStack } from '../../stack/stack.js';
import { applySync } from '../../stack/sync.js';
import { missingWrites } from '../context/missing-writes.js';
import { Duration, msOf, NodeWord } from '../language/words.js';
import { defineOperation, type StepKind } from './step-kind.js';

const closed = { additionalProperties: false };
const Action = Type.Union([Type.Literal('reload'), Type.Literal('restart')]);
const switchoverPause = '5s';

/** A node that goes away takes its clients with it. */
const stopLike = (word: 'stop' | 'restart', run: typeof stopNode): StepKind =>
  defineOperation(
    { [word]: NodeWord },
    {
      text: (step) => `${word} ${String(step[word])}`,
      run: async ({ operation, stack, node, windows, recorder }, step) => {
        const target = node(String(step[word]));
        await windows.markFault();
        recorder.faultComes(word, target);
        const { before, after } = await run(operation, stack, target);
        recorder.faultCame();
        if (word === 'restart') recorder.faultEnded(target);
        return `${before}, then ${after}`;
      },
    },
  );

export const stop = stopLike('stop', stopNode);
export const restart = stopLike('restart', restartNode);

export const start = defineOperation(
  { start: NodeWord },
  {
    text: (step) => `start ${step.start}`,
    run: async ({ operation, stack, node, recorder }, step) => {
      const target = node(step.start);
      const { role } = await startNode(operation, stack, target);
      recorder.faultEnded(target);
      return role === null ? 'running' : `running as ${role}`;
    },
  },
);

/** `failover: {}` */
export const failover = defineOperation(
  {
    failover: Type.Object(
      {
        promote: Type.Optional(NodeWord),
        force: Type.Optional(Type.Boolean()),
        maxLagBytes: Type.Optional(Type.Integer({ minimum: 0 })),
        haproxy: Type.Optional(Action),
      },
      closed,
    ),
  },
  {
    text: ({ failover: { promote, force, haproxy } }) =>
      [
        'failover',
        promote ?? '',
        force === true ? 'by force' : '',
        haproxy === undefined ? '' : `with a ${haproxy} of HAProxy`,
      ]
        .filter((part) => part !== '')
        .join(' '),
    run: async ({ operation, stack, node, windows }, step) => {
      const { promote, force = false, maxLagBytes, haproxy = 'reload' } = step.failover;
      // From a primary that lives it is itself what clients feel.
      if (force) await windows.markFault();
      const { promoted, fenced, timeline } = await runFailover(operation, {
        stack,
        promote: promote === undefined ? undefined : node(promote),
        haproxy,
        permissions: { force, maxLagBytes },
      });
      return `${promoted} promoted to timeline ${timeline.after}; fenced: ${fenced.join(', ') || 'none'}`;
    },
  },
);

/** `switchover: {}` */
export const switchover = defineOperation(
  {
    switchover: Type.Object({ to: Type.Optional(NodeWord), maxPause: Type.Optional(Duration) }, closed),
  },
  {
    text: ({ switchover: { to } }) => `switchover${to === undefined ? '' : ` to ${to}`}`,
    run: async ({ operation, stack, node, windows }, step) => {
      const { to, maxPause = switchoverPause } = step.switchover;
      await windows.markFault();
      const { primary, replica, pauseMs } = await runSwitchover(operation, {
        stack,
        node: to === undefined ? undefined : node(to),
        maxPauseMs: msOf(maxPause),
      });
      windows.note('pause', pauseMs);
      return `${primary} is the primary, ${replica} follows; new work was held for ${Math.round(pauseMs)} ms`;
    },
  },
);

export const promote = defineOperation(
  { promote: NodeWord },
  {
    text: (step) => `promote ${step.promote}`,
    run: async ({ operation, stack, node }, step) => {
      const { promoted, timeline } = await runPromote(operation, stack, node(step.promote));
      return `${promoted} went from timeline ${timeline.before} to ${timeline.after}`;
    },
  },
);

export const pointProxy = defineOperation(
  { pointProxy: NodeWord, haproxy: Type.Optional(Action) },
  {
    text: ({ pointProxy: target, haproxy = 'reload' }) => `point the proxy at ${target}, by a ${haproxy}`,
    run: async ({ operation, stack, node }, { pointProxy: target, haproxy = 'reload' }) => {
      const { writesTo } = await runPointProxy(operation, {
        stack,
        node: node(target),
        action: haproxy,
        force: false,
      });
      return `writes went to ${writesTo.before ?? 'nobody'}, and go to ${writesTo.after}`;
    },
  },
);

export const rejoin = defineOperation(
  {
    rejoin: NodeWord,
    method: Type.Optional(Type.Union([Type.Literal('rewind'), Type.Literal('basebackup')])),
  },
  {
    text: (step) => `rejoin ${step.rejoin}`,
    run: async (context, { rejoin: word, method }) => {
      const { operation, stack, node, windows, recorder } = context;
      const target = node(word);
      const missing = await missingWrites(context);
      const result = await runRejoin(operation, {
        stack,
        node: target,
        method,
        dryRun: false,
        // The lab is a script, and its stack is its own.
        mayDiscard: () => Promise.resolve(true),
      });
      recorder.faultEnded(target);
      windows.note('discarded transactions', result.discarded?.transactions ?? 0);
      const copied = result.method === 'rewind' || result.method === 'basebackup';
      windows.note('discarded writes', copied ? missing : 0);
      const { discarded } = result;
      return `by ${result.method}: ${result.reason}; discarded: ${discarded === null ? 'nothing' : describeDiscarded(discarded)}; of the ledger, ${missing} acknowledged writes are not on ${result.primary}`;
    },
  },
);

/** `repair: {}` */
export const repair = defineOperation(
  { repair: Type.Object({}, closed) },
  {
    text: () => 'repair',
    run: async ({ operation, stack, recorder }) => {
      const { steps } = await runRepair(operation, {
        stack,
        dryRun: false,
        mayDiscard: () => Promise.resolve(true),
      });
      recorder.faultEnded();
      return steps.map(({ action, node }) => `${action} ${node}`).join(', ') || 'nothing to do';
    },
  },
);

export const fence = defineOperation(
  { fence: NodeWord },
  {
    text: (step) => `fence ${step.fence}`,
    run: async ({ operation, stack, node }, step) => {
      const { primary } = await fenceNode(operation, { stack, node: node(step.fence), force: false });
      return `it comes back only as a replica; ${primary ?? 'nobody'} is the primary`;
    },
  },
);

export const sync = defineOperation(
  { sync: Type.Union([Type.Literal('off'), Type.Literal('on'), Type.Literal('remote_apply')]) },
  {
    text: (step) => `synchronous replication: ${step.sync}`,
    run: async ({ operation, stack: name }, step) => {
      const stack = await getStack(operation.engine, name);
      const { access, configured } = await askEngine(operation.engine, stack);
      await applySync(operation, stack, access, { primary: configured ?? '', mode: step.sync });
      return step.sync === 'off' ? 'the primary alone' : 'writes wait for a quorum of the replicas';
    },
  },
);

export const addReplica = defineOperation(
  { addReplica: NodeWord },
  {
    text: (step) => `add the replica ${step.addReplica}`,
    run: async ({ operation, stack }, step) => {
      await runAddReplica(operation, stack, step.addReplica);
      return 'it streams';
    },
  },
);

export const removeReplica = defineOperation(
  { removeReplica: NodeWord },
  {
    text: (step) => `remove the replica ${step.removeReplica}`,
    run: async ({ operation, stack, node }, step) => {
      await runRemoveReplica(operation, stack, node(step.removeReplica));
      return 'with its data and its slot';
    },
  },
);
