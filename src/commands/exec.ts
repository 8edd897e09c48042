import { HalabError } from '../errors/halab-error.js';
import { command, examples, type Register } from './program.js';
import { runInside } from './run-inside.js';

export const registerExec: Register = (program, run) => {
  program.addCommand(
    command('exec', 'run a program in a node')
      .argument('<node>', 'name of the node')
      .argument('[program...]', 'after --: the program and its arguments')
      .usage('<node> [options] -- <program> [arguments...]')
      .addHelpText(
        'after',
        examples(
          ['halab exec db-primary -- bash', 'a shell in the node'],
          ['halab exec haproxy -- cat /etc/haproxy/haproxy.cfg', 'the configuration in force'],
          ['halab exec db-replica -- pg_controldata', 'what the data directory says of itself'],
        ),
      )
      .action((name, words, options) =>
        run(options, async (session) => {
          if (words.length === 0) {
            throw new HalabError('USAGE', 'No program is named.', {
              hint: `Name it after two hyphens: halab exec ${name} -- bash.`,
            });
          }
          const { getNode, getStack } = await import('../stack/stack.js');
          const stack = await getStack(await session.engine(), session.stackName);
          return await runInside(session, getNode(stack, name), words);
        }),
      ),
  );
};
