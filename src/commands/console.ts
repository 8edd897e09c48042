import { HalabError } from '../errors/halab-error.js';
import { type MenuItem, menuFor, wordsOf } from './console-menu.js';
import { command, examples, type Register } from './program.js';
import type { Outcome, Session } from './session.js';
import { takeSnapshot } from './take-snapshot.js';

interface Look {
  picture: string;
  items: MenuItem[];
}

/** The stack as it is now, drawn, with what can be done. */
async function look({ engine, stackName, style }: Session): Promise<Look> {
  const [{ renderStatus }, { renderError }] = await Promise.all([
    import('../ui/render-status.js'),
    import('../ui/render-error.js'),
  ]);
  const drawn = await style();
  try {
    const snapshot = await takeSnapshot(await engine(), stackName);
    return { picture: renderStatus(snapshot, drawn), items: menuFor(stackName, snapshot) };
  } catch (error) {
    if (!(error instanceof HalabError)) throw error;
    const none = `There is no stack named ${stackName} yet.\n`;
    const picture = error.code === 'STACK_NOT_FOUND' ? none : renderError(error, drawn);
    return { picture, items: menuFor(stackName, undefined) };
  }
}

/** The questions that the console asks. Ctrl-C at one of them throws. */
interface Asker {
  readonly select: (message: string, choices: readonly string[], pageSize: number) => Promise<string>;
  readonly confirm: (message: string) => Promise<boolean>;
}

/** Inquirer bound to the session's terminal. */
async function asker({ io, signal }: Session): Promise<Asker> {
  const { default: inquirer } = await import('inquirer');
  const prompt = inquirer.createPromptModule({ input: io.stdin, output: io.stdout, signal });
  return {
    select: async (message, choices, pageSize) => {
      const { answer } = await prompt<{ answer: string }>([
        { type: 'select', name: 'answer', message, choices, pageSize, loop: false },
      ]);
      return answer;
    },
    confirm: async (message) => {
      const { answer } = await prompt<{ answer: boolean }>([
        { type: 'confirm', name: 'answer', message, default: false },
      ]);
      return answer;
    },
  };
}

/** The words to run for an item: asks for its node and its confirmation; undefined when that is refused. */
async function complete(ask: Asker, item: MenuItem): Promise<string[] | undefined> {
  const { nodes = [], confirm } = item;
  const [only] = nodes;
  const node = nodes.length > 1 ? await ask.select('Which node?', nodes, nodes.length) : (only ?? '');
  const words = wordsOf(item, node);
  if (confirm === undefined) return words;
  const message = `halab ${words.join(' ')}: ${confirm}`;
  return (await ask.confirm(message)) ? words : undefined;
}

/** Ctrl-C at a question, and a signal while one is open: the ways to leave besides the menu's own. */
const isLeaving = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError');

const lookAgain = 'Look again';
const quit = 'Quit';

async function converse(session: Session): Promise<void> {
  const { io, signal, runCommand } = session;
  const ask = await asker(session);
  while (!signal.aborted) {
    const { picture, items } = await look(session);
    io.stdout.write(`\n${picture}\n`);
    // The picture stays in view above the menu.
    const room = Math.max(5, io.stdout.rows - picture.split('\n').length - 3);
    const title = await ask.select('What next?', [...items.map((item) => item.title), lookAgain, quit], room);
    if (title === quit) return;
    const item = items.find((candidate) => candidate.title === title);
    const words = item === undefined ? undefined : await complete(ask, item);
    if (words === undefined) continue;
    io.stdout.write(`$ halab ${words.join(' ')}\n`);
    await runCommand(words);
  }
}

/** A menu of what can be done, under the state of the stack, until the user leaves. */
async function openConsole(session: Session): Promise<Outcome> {
  if (!session.io.stdin.isTTY || !session.io.stdout.isTTY) {
    throw new HalabError('NO_TERMINAL', 'The console needs a terminal for its questions.');
  }
  try {
    await converse(session);
  } catch (error) {
    if (!isLeaving(error) && !session.signal.aborted) throw error;
  }
  return {};
}

export const registerConsole: Register = (program, run) => {
  program.addCommand(
    command('console', 'a menu of all this; halab alone opens it')
      .addHelpText('after', examples(['halab', 'the same, in a terminal']))
      .action((options) => run(options, openConsole)),
  );
};
