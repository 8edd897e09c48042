import { durationMs, durationRule } from '../../clock/duration.js';
import { median, nearestRank } from '../../measure/statistics/percentile.js';
import { meant } from '../../yaml/checked-yaml.js';
import type { Assertion } from '../record.js';
import { figureNames, figureOf, isOfWholeRun, type Measured, unitOf } from './figures.js';

type Operator = '<=' | '>=' | '==' | '!=' | '<' | '>';

/** Over the runs of a lab that is repeated. */
type Aggregate = 'median' | 'p95' | 'max';

interface Asked {
  figure: string;
  aggregate: Aggregate | undefined;
  window: string | undefined;
}

/** What a lab's file asserts of its run: a figure, held against a value or against another figure. */
export interface Claim {
  text: string;
  left: Asked;
  operator: Operator;
  right: { value: number } | (Asked & { factor: number });
}

/** A text that is no claim, and why. */
export class NoClaim extends Error {}

const example = 'write outage p95 < 2s, lost == 0, or stale reads in before > 0';

/** `write outage`, `write outage p95 in failover`. */
function parseAsked(text: string): Asked {
  const [, named = text, window] = /^(.*\S) in ([a-z][a-z0-9-]*)$/.exec(text) ?? [];
  const [, shorter, aggregate] = /^(.*\S) (median|p95|max)$/.exec(named) ?? [];
  // `write p99` is a figure of its own.
  const isAggregate = unitOf(named) === undefined && shorter !== undefined;
  const figure = isAggregate ? shorter : named;
  if (unitOf(figure) === undefined)
    throw new NoClaim(`"${figure}" is no figure${meant(figure, figureNames)}`);
  if (window !== undefined && isOfWholeRun(figure))
    throw new NoClaim(`"${figure}" is known of the whole run only, not of the part "${window}"`);
  return { figure, window, aggregate: isAggregate ? (aggregate as Aggregate) : undefined };
}

function parseRight(text: string, unit: 'ms' | 'count'): Claim['right'] {
  if (/^\d/.test(text)) {
    const [, factor, asked] = /^(\d+(?:\.\d+)?) x (.+)$/.exec(text) ?? [];
    if (factor !== undefined && asked !== undefined)
      return { ...sameUnit(parseAsked(asked), unit), factor: Number(factor) };
    const value = unit === 'ms' ? durationMs(text) : /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
    if (value === undefined)
      throw new NoClaim(`"${text}" is not ${unit === 'ms' ? durationRule : 'a number'}`);
    return { value };
  }
  return { ...sameUnit(parseAsked(text), unit), factor: 1 };
}

function sameUnit(asked: Asked, unit: 'ms' | 'count'): Asked {
  if (unitOf(asked.figure) !== unit)
    throw new NoClaim(
      `"${asked.figure}" is ${unit === 'ms' ? 'no duration' : 'a duration'} and cannot be compared`,
    );
  return asked;
}

/** Reads an assertion. @throws NoClaim */
export function parseClaim(text: string): Claim {
  const [, left, operator, right] = /^(.*?\S)\s+(<=|>=|==|!=|<|>)\s+(\S.*)$/.exec(text.trim()) ?? [];
  if (left === undefined || operator === undefined || right === undefined)
    throw new NoClaim(`"${text}" is not of the form "FIGURE [in PART] OPERATOR VALUE", such as ${example}`);
  const asked = parseAsked(left);
  const unit = unitOf(asked.figure) ?? 'count';
  return { text, left: asked, operator: operator as Operator, right: parseRight(right, unit) };
}

/** The parts of the run that a claim speaks of. */
export const windowsOf = ({ left, right }: Claim): string[] =>
  [left.window, 'value' in right ? undefined : right.window].filter((window) => window !== undefined);

const holds: Record<Operator, (left: number, right: number) => boolean> = {
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
};

/** A p95 of fewer runs would be their maximum under another name. */
const runsForP95 = 20;

const aggregateOf: Record<Aggregate, (values: readonly number[]) => number | null> = {
  median,
  p95: (values) => (values.length < runsForP95 ? null : nearestRank(Float64Array.from(values).sort(), 0.95)),
  max: (values) => (values.length === 0 ? null : Math.max(...values)),
};

/** A figure over all runs; null when one of them does not have it. */
function valueOver(runs: readonly Measured[], { figure, window, aggregate = 'max' }: Asked): number | null {
  const values = runs.map((run) => figureOf(run, figure, window));
  const known = values.filter((value) => value !== null);
  return known.length < values.length ? null : aggregateOf[aggregate](known);
}

const shown = (value: number | null, figure: string): string =>
  value === null
    ? 'unknown'
    : unitOf(figure) === 'ms'
      ? `${formatMs(value)} ms`
      : String(Math.round(value * 100) / 100);

const formatMs = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0));

/**
 * Holds a claim against what the runs of a lab measured. A claim with an aggregate is held against all of them
 * together; one without has to hold in each, and is judged run by run.
 */
export function judgeClaim(claim: Claim, runs: readonly Measured[]): Assertion {
  const { left, operator, right, text } = claim;
  const observedLeft = valueOver(runs, left);
  const other = 'value' in right ? undefined : valueOver(runs, right);
  const against = 'value' in right ? right.value : other == null ? null : other * right.factor;
  const passed = observedLeft === null || against === null ? null : holds[operator](observedLeft, against);
  const observed =
    'value' in right
      ? shown(observedLeft, left.figure)
      : `${shown(observedLeft, left.figure)} against ${shown(other ?? null, right.figure)}`;
  return { text, passed, observed };
}

/** Whether a claim speaks of all runs together. */
export const isOverRuns = ({ left, right }: Claim): boolean =>
  left.aggregate !== undefined || (!('value' in right) && right.aggregate !== undefined);
