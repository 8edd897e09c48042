import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { defaultStack } from '../errors/typed.js';
import { stackNamePattern, stackNameRule } from '../stack/labels.js';
import type { Run } from './session.js';

/** Adds one or more commands to the program. */
export type Register = (program: Command, run: Run) => void;

const stackName = (text: string): string => {
  if (!stackNamePattern.test(text)) throw new InvalidArgumentError(stackNameRule);
  return text;
};

/** A command with the options that every command has. */
export const command = (name: string, description: string) =>
  new Command(name)
    .description(description)
    .option('--stack <name>', 'name of the stack', stackName, process.env['HALAB_STACK'] ?? defaultStack)
    .option('--json', 'print one JSON object');

/** The end of a help text: each line a command and what it does. */
export const examples = (...lines: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...lines.map(([line]) => line.length));
  return ['', 'Examples:', ...lines.map(([line, what]) => `  $ ${line.padEnd(width)}  ${what}`)].join('\n');
};
