import { closest, distance } from 'fastest-levenshtein';
import type { TSchema } from 'typebox';
import { Errors } from 'typebox/value';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { HalabError } from '../errors/halab-error.js';

/** A place in the data: keys and indices from the top. */
export type Path = readonly (string | number)[];

/** YAML whose errors name file, line and column. */
export interface CheckedYaml {
  value: unknown;
  /** Holds a part against a schema. @throws the code with the place of the first error */
  readonly check: (schema: TSchema, value: unknown, at: Path) => void;
  /** @param problem what is wrong there, to be read after the name of the place */
  readonly fail: (at: Path, problem: string) => never;
}

interface Kind {
  /** Named in errors. */
  file: string;
  code: 'TOPOLOGY_INVALID' | 'LAB_INVALID';
  /** What the whole is called: `the topology`. */
  whole: string;
}

/**
 * @throws the code of its kind, with file, line and column, for a text that is no YAML
 */
export function checkedYaml(text: string, { file, code, whole }: Kind): CheckedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) {
    const [at] = syntaxError.linePos ?? [{ line: 1, col: 1 }];
    const [summary = 'is no YAML'] = syntaxError.message.split(' at line ');
    throw new HalabError(code, `${file}:${at.line}:${at.col}: ${summary}.`, { cause: syntaxError });
  }
  const fail = (path: Path, problem: string): never => {
    // A key that is missing has no place of its own: its parent's is the nearest.
    for (let end = path.length; end >= 0; end -= 1) {
      const node = document.getIn(path.slice(0, end), true);
      const offset = isNode(node) ? node.range?.[0] : undefined;
      if (offset === undefined) continue;
      const { line, col } = lines.linePos(offset);
      throw new HalabError(code, `${file}:${line}:${col}: ${path.join('.') || whole} ${problem}.`);
    }
    throw new HalabError(code, `${file}:1:1: ${problem}.`);
  };
  const check = (schema: TSchema, value: unknown, at: Path): void => {
    const error = Errors(schema, value)[0];
    if (error === undefined) return;
    const below = error.instancePath.split('/').filter((part) => part !== '');
    const path = [...at, ...below];
    // A closed object holds `false` for every key that it does not name.
    if (error.keyword !== 'boolean') return fail(path, error.message);
    return fail(
      path,
      `is not a key that is known here${meant(String(path.at(-1)), keysOf(schema, below.slice(0, -1)))}`,
    );
  };
  return { value: document.toJS() as unknown, check, fail };
}

/** The keys that a schema names at a place below it. */
function keysOf(schema: TSchema, below: Path): string[] {
  let found: unknown = schema;
  for (const part of below) {
    const { properties, items } = (found ?? {}) as { properties?: Record<string, unknown>; items?: unknown };
    found = properties?.[part] ?? items;
  }
  return Object.keys((found as { properties?: object } | undefined)?.properties ?? {});
}

/** `; did you mean "steps"?` where a word is close enough, else the words there are; nothing when there are none. */
export function meant(word: string, words: readonly string[]): string {
  if (words.length === 0) return '';
  const nearest = closest(word.toLowerCase(), [...words]);
  const isNear = distance(word.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, word.length / 3);
  return isNear ? `; did you mean "${nearest}"?` : `; known are ${words.join(', ')}`;
}
