import { Command } from '@commander-js/extra-typings';
import { defaultStack } from '../errors/typed.js';
import type { Run } from './session.js';

/** Adds one or more commands to the program. */
export type Register = (program: Command, run: Run) => void;

/** A command with the options that every command has. */
export const command = (name: string, description: string) =>
  new Command(name)
    .description(description)
    .option('--stack <name>', 'name of the stack', process.env['HALAB_STACK'] ?? defaultStack)
    .option('--json', 'print one JSON object');

/** The end of a help text: each line a command and what it does. */
export const examples = (...lines: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...lines.map(([line]) => line.length));
  return ['', 'Examples:', ...lines.map(([line, what]) => `  $ ${line.padEnd(width)}  ${what}`)].join('\n');
};
