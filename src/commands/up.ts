import { InvalidArgumentError } from '@commander-js/extra-typings';
import { changeStack } from './operation-of.js';
import { portChoice, portOffsetOption, portsOption } from './port-options.js';
import { command, examples, type Register } from './program.js';

const instanceCount = (text: string): number => {
  if (!/^\d$/.test(text)) throw new InvalidArgumentError('It takes a number from 0 to 9.');
  return Number(text);
};

export const registerUp: Register = (program, run) => {
  program.addCommand(
    command('up', 'start a stack and verify a replicated write')
      .option('--topology <name|file>', 'a topology that ships with halab, or a YAML file', 'classic')
      .addOption(portOffsetOption())
      .addOption(portsOption())
      .option(
        '--api <number>',
        'so many instances of the products API behind HAProxy, on one port; 0 removes them',
        instanceCount,
      )
      .addHelpText(
        'after',
        examples(
          ['halab up', 'PostgreSQL on 5432 and 5433, HAProxy on 5439, Redis on 6379'],
          ['halab up --stack second --port-offset 100', 'a second stack beside it, from 5532 on'],
          ['halab up --api 2', 'the products API on 3000, two instances; on a stack that runs, too'],
          ['halab up --stack test --ports auto --json', 'any free ports; see halab env --stack test'],
        ),
      )
      .action((options) =>
        run(options, async (session) => {
          const { up } = await import('../stack/up.js');
          const result = await changeStack(session, 'up', (operation) =>
            up(operation, {
              name: session.stackName,
              topology: options.topology,
              ports: portChoice(options),
              api: options.api,
            }),
          );
          const { renderUp } = await import('../ui/render-stack.js');
          return { data: result, text: (style) => renderUp(result, style) };
        }),
      ),
  );
};
