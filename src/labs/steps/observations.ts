import Type from 'typebox';
import { becomes, stays } from '../context/watch-condition.js';
import { parseCondition } from '../language/conditions.js';
import { Duration, msOf } from '../language/words.js';
import { defineStep, NotAsExpected, NotInTime } from './step-kind.js';

const defaultWithin = '10s';

/** `expect: writes fail`, `within: 5s` or `staysFor: 3s` */
export const expectation = defineStep(
  {
    expect: Type.String(),
    within: Type.Optional(Duration),
    staysFor: Type.Optional(Duration),
  },
  {
    text: ({ expect, within = defaultWithin, staysFor }) =>
      `expect ${expect} ${staysFor === undefined ? `within ${within}` : `for ${staysFor}`}`,
    check: ({ expect }) => void parseCondition(expect),
    run: async (context, { expect, within = defaultWithin, staysFor }) => {
      const condition = parseCondition(expect);
      const { holds, seen } =
        staysFor === undefined
          ? await becomes(context, condition, msOf(within))
          : await stays(context, condition, msOf(staysFor));
      if (!holds) throw new NotAsExpected(seen);
      return seen;
    },
  },
);

/** `waitUntil: the stack is healthy`, `within: 30s` */
export const waitUntil = defineStep(
  { waitUntil: Type.String(), within: Type.Optional(Duration) },
  {
    foretold: false,
    text: (step) => `wait until ${step.waitUntil}`,
    check: (step) => void parseCondition(step.waitUntil),
    run: async (context, { waitUntil: text, within = defaultWithin }) => {
      const condition = parseCondition(text);
      const { holds, seen } = await becomes(context, condition, msOf(within));
      if (!holds) throw new NotInTime(`not within ${within}: ${seen}`);
      if (condition.about === 'error')
        context.recorder.moment('first error at a client', context.operation.clock.nowMs());
      return seen;
    },
  },
);

export const wait = defineStep(
  { wait: Duration },
  {
    foretold: false,
    text: (step) => `wait ${step.wait}`,
    run: async ({ operation: { clock, signal } }, step) => {
      await clock.sleep(msOf(step.wait), signal);
      return 'the clients went on';
    },
  },
);

/** `window: before`: what the clients feel from here on is told by itself. */
export const window = defineStep(
  { window: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }) },
  {
    foretold: false,
    text: (step) => `from here on: ${step.window}`,
    opens: (step) => step.window,
    run: async ({ windows }, step) => {
      await windows.open(step.window);
      return '';
    },
  },
);

/** `say: …`: a word to the reader. */
export const say = defineStep(
  { say: Type.String() },
  { foretold: false, text: (step) => step.say, run: () => Promise.resolve('') },
);
