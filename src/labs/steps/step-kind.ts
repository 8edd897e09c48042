import Type, { type Static, type TSchema } from 'typebox';
import type { LabContext } from '../context/context.js';

/** A step that is ready to run. */
export interface LabStep {
  /** In words: `fault kill primary`. */
  text: string;
  /** The question that --explain asks before it; null for the usual one. */
  question: string | null;
  /** The code of the error with which halab has to refuse it; null when it has to succeed. */
  refused: string | null;
  /** The name of the window that it opens. */
  opens: string | null;
  /** Whether it changes the stack as a command of halab does. */
  operates: boolean;
  /** Whether there is something to foretell of it. */
  foretold: boolean;
  /** @returns what came of it, in words. @throws what its operation throws; NotAsExpected */
  readonly run: (context: LabContext) => Promise<string>;
}

/** One kind of step: what its file looks like, and what it does. */
export interface StepKind {
  schema: TSchema;
  /** @param step proven by the schema. @throws NoCondition, NoClaim for a text that is none */
  readonly prepare: (step: unknown) => Omit<LabStep, 'question' | 'refused'>;
}

interface Definition<Step> {
  readonly text: (step: Step) => string;
  readonly opens?: (step: Step) => string;
  /** False for a step that only passes time, or says something. */
  foretold?: false;
  /** Found out before the lab runs. @throws NoCondition */
  readonly check?: (step: Step) => void;
  readonly run: (context: LabContext, step: Step) => Promise<string>;
}

/** Keys that every step may have. */
const common = {
  ask: Type.Optional(Type.String()),
  refused: Type.Optional(Type.String({ pattern: '^[A-Z_]+$' })),
};

type Keys = Readonly<Record<string, TSchema>>;
type StepOf<K extends Keys> = Static<Type.TObject<K>>;

const stepKind = (
  keys: Keys,
  { text, opens, foretold, check, run }: Definition<never>,
  operates: boolean,
): StepKind => ({
  schema: Type.Object({ ...keys, ...common }, { additionalProperties: false }),
  prepare: (given) => {
    const step = given as never;
    check?.(step);
    return {
      text: text(step),
      opens: opens?.(step) ?? null,
      operates,
      foretold: foretold ?? true,
      run: (context) => run(context, step),
    };
  },
});

/** A kind of step, from the keys that it has. */
export const defineStep = <const K extends Keys>(keys: K, definition: Definition<StepOf<K>>): StepKind =>
  stepKind(keys, definition, false);

/** One that changes the stack, as a command of halab does. */
export const defineOperation = <const K extends Keys>(keys: K, definition: Definition<StepOf<K>>): StepKind =>
  stepKind(keys, definition, true);

/** An expectation that did not hold: the lab failed, and nothing else went wrong. */
export class NotAsExpected extends Error {}

/** Something that the lab waited for did not happen: its evidence decides nothing. */
export class NotInTime extends Error {}
