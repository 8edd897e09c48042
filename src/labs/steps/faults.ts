import Type from 'typebox';
import { heal } from '../../faults/heal.js';
import { type Injection, inject } from '../../faults/inject.js';
import { Duration, msOf, NodeWord } from '../language/words.js';
import { defineStep } from './step-kind.js';

const Fault = Type.Union([
  Type.Literal('kill'),
  Type.Literal('stop'),
  Type.Literal('crash'),
  Type.Literal('pause'),
  Type.Literal('partition'),
  Type.Literal('lag'),
  Type.Literal('slow'),
  Type.Literal('fill'),
  Type.Literal('wipe'),
]);
const Way = Type.Union([Type.Literal('both'), Type.Literal('in'), Type.Literal('out')]);

/** `fault: kill`, `node: primary` */
export const fault = defineStep(
  {
    fault: Fault,
    node: NodeWord,
    from: Type.Optional(Type.Array(NodeWord)),
    way: Type.Optional(Way),
    delay: Type.Optional(Duration),
    /** False: go on while the engine is still at it, as the world does. */
    wait: Type.Optional(Type.Boolean()),
  },
  {
    text: ({ fault: name, node, from = [], delay }) =>
      [
        `fault ${name} ${node}`,
        from.length > 0 ? `from ${from.join(', ')}` : '',
        delay === undefined ? '' : `of ${delay}`,
      ]
        .filter((part) => part !== '')
        .join(' '),
    run: async (context, { fault: name, node, from = [], way = 'both', delay, wait = true }) => {
      const delayMs = delay === undefined ? undefined : msOf(delay);
      const injection: Injection =
        name === 'partition'
          ? { fault: name, from: from.map(context.node), way }
          : name === 'lag'
            ? { fault: name, delayMs }
            : name === 'slow'
              ? { fault: name, delayMs: delayMs ?? 100 }
              : { fault: name };
      const target = context.node(node);
      await context.windows.markFault();
      context.recorder.faultComes(name, target);
      const injecting = inject(context.operation, context.stack, target, injection).then(() => {
        context.recorder.faultCame();
      });
      if (!wait) {
        context.inBackground(injecting);
        return 'sent';
      }
      await injecting;
      return 'in force';
    },
  },
);

/** `heal: replica`, or `heal: all` */
export const healNode = defineStep(
  { heal: NodeWord },
  {
    text: (step) => `heal ${step.heal}`,
    run: async ({ operation, stack, node, recorder }, step) => {
      const target = step.heal === 'all' ? undefined : node(step.heal);
      const { healed } = await heal(operation, stack, target);
      recorder.faultEnded(target);
      return healed.map((each) => `${each.fault} of ${each.node}`).join(', ');
    },
  },
);
