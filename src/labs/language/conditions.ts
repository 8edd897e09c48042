import type { WritePath } from '../../measure/write-entry.js';
import { meant } from '../../yaml/checked-yaml.js';

type NodeCondition = 'primary' | 'replica' | 'stopped' | 'running' | 'paused';

/** What the clients of a lab show. */
export type ClientCondition =
  | { about: 'writes'; succeed: boolean; path: WritePath | undefined }
  | { about: 'reads'; succeed: boolean }
  | { about: 'source'; source: 'cache' | 'replica' | 'primary' }
  | { about: 'error' };

/** What the stack is asked for. */
export type StackCondition =
  | { about: 'node'; node: string; state: NodeCondition }
  | { about: 'streaming'; node: string }
  | { about: 'health' }
  | { about: 'finding'; code: string; present: boolean };

/** Something that is true or not while a lab runs. */
export type Condition = ClientCondition | StackCondition;

export const isOfClients = (condition: Condition): condition is ClientCondition =>
  ['writes', 'reads', 'source', 'error'].includes(condition.about);

/** The forms, for an error. Capitals stand for a name. */
const forms = [
  'writes succeed',
  'writes fail',
  'writes succeed through the proxy',
  'writes succeed through the API',
  'writes fail through the proxy',
  'writes fail through the API',
  'reads succeed',
  'reads fail',
  'reads come from cache',
  'reads come from replica',
  'reads come from primary',
  'a client sees an error',
  'the stack is healthy',
  'NODE is primary',
  'NODE is replica',
  'NODE is stopped',
  'NODE streams',
  'finding CODE',
  'no finding CODE',
];

/** A text that is no condition, and what may have been meant. */
export class NoCondition extends Error {}

/** Reads a condition. @throws NoCondition */
export function parseCondition(text: string): Condition {
  const words = text.trim();
  const writes = /^writes (succeed|fail)(?: through the (API|proxy))?$/.exec(words);
  if (writes !== null) {
    const path = writes[2] === undefined ? undefined : writes[2] === 'API' ? 'api' : 'proxy';
    return { about: 'writes', succeed: writes[1] === 'succeed', path };
  }
  const reads = /^reads (succeed|fail)$/.exec(words);
  if (reads !== null) return { about: 'reads', succeed: reads[1] === 'succeed' };
  const source = /^reads come from (cache|replica|primary)$/.exec(words);
  if (source !== null) return { about: 'source', source: source[1] as 'cache' | 'replica' | 'primary' };
  if (words === 'a client sees an error') return { about: 'error' };
  if (words === 'the stack is healthy') return { about: 'health' };
  const finding = /^(no )?finding ([a-z-]+)$/.exec(words);
  if (finding !== null)
    return { about: 'finding', code: finding[2] ?? '', present: finding[1] === undefined };
  const streams = /^([a-z][a-z0-9-]*) streams$/.exec(words);
  if (streams !== null) return { about: 'streaming', node: streams[1] ?? '' };
  const node = /^([a-z][a-z0-9-]*) is (primary|replica|stopped|running|paused)$/.exec(words);
  if (node !== null) return { about: 'node', node: node[1] ?? '', state: node[2] as NodeCondition };
  throw new NoCondition(`"${words}" is no condition${meant(words, forms)}`);
}
