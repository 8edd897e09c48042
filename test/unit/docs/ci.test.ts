import { readFileSync } from 'node:fs';
import { Command } from '@commander-js/extra-typings';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { registerAll } from '../../../src/commands/register-all.js';

const page = readFileSync(new URL('../../../docs/ci.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language, text = '']) => ({
  language,
  text,
  name: /^# (.+)$/m.exec(text)?.[1] ?? language ?? '',
}));
const workflows = blocks.filter(({ language }) => language === 'yaml');

interface Step {
  run?: string;
  uses?: string;
}

/** What the shell of a job is given. */
function scriptsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if ((key === 'run' && typeof inner === 'string') || (key === 'script' && Array.isArray(inner)))
      return [inner].flat().map(String);
    return scriptsIn(inner);
  });
}

const program = new Command('halab');
registerAll(program, () => Promise.resolve());

/** The words after `halab`, as far as they are names of commands. */
const commandsIn = (text: string): string[][] =>
  [...text.matchAll(/(?<![\w.-])halab((?: [a-z][a-z-]*)+)/g)].map(([, words = '']) =>
    words.trim().split(' '),
  );

function expectCommand(words: readonly string[]): void {
  const [first = '', second] = words;
  const command = program.commands.find((each) => each.name() === first);
  expect(command?.name(), `halab ${words.join(' ')}`).toBe(first);
  if (command === undefined || command.commands.length === 0) return;
  expect(
    command.commands.map((each) => each.name()),
    `halab ${words.join(' ')}`,
  ).toContain(second ?? '');
}

describe('the workflows of docs/ci.md', () => {
  it('are there for each service', () => {
    expect(workflows.map(({ name }) => name)).toEqual([
      '.github/workflows/failover.yml',
      'the last step',
      '.gitlab-ci.yml',
      '.forgejo/workflows/failover.yml',
    ]);
  });

  it.each(workflows)('$name is YAML without an error or a warning', ({ text }) => {
    const { errors, warnings } = parseDocument(text, { uniqueKeys: true });
    expect([...errors, ...warnings].map(({ message }) => message)).toEqual([]);
  });

  it.each(workflows)('$name runs commands that there are', ({ text }) => {
    const scripts = scriptsIn(parseDocument(text).toJS());
    const commands = scripts.flatMap(commandsIn);
    expect(commands.length).toBeGreaterThan(0);
    for (const words of commands) expectCommand(words);
  });

  it.each(workflows.filter(({ text }) => text.includes('jobs:')))(
    '$name has steps that either run something or use an action of a fixed version',
    ({ text }) => {
      const { jobs } = parseDocument(text).toJS() as { jobs: Record<string, { steps: Step[] }> };
      for (const { steps } of Object.values(jobs)) {
        for (const { run, uses } of steps) {
          expect([run, uses].filter((each) => each !== undefined)).toHaveLength(1);
          if (uses !== undefined) expect(uses).toMatch(/^actions\/[a-z/-]+@v\d+$/);
        }
      }
    },
  );
});

it('docs/ci.md and docs/library.md name commands that there are', () => {
  const library = readFileSync(new URL('../../../docs/library.md', import.meta.url), 'utf8');
  const shown = blocks.map(({ text }) => text).join('\n');
  const inText = [...`${page}${library}`.matchAll(/`(halab [a-z][^`]*)`/g)].map(([, text]) => text);
  const commands = commandsIn([shown, ...inText].join('\n'));
  expect(commands.length).toBeGreaterThan(15);
  for (const words of commands) {
    // A text may name a group of commands as a whole.
    if (words.join(' ') !== 'fault') expectCommand(words);
  }
});
