import { InvalidArgumentError } from '@commander-js/extra-typings';
import { operationOf } from './operation-of.js';
import { command, examples, type Register } from './program.js';

const portOffset = (text: string): number => {
  if (!/^-?\d{1,5}$/.test(text)) throw new InvalidArgumentError('It takes a whole number, for example 100.');
  return Number(text);
};

export const registerUp: Register = (program, run) => {
  program.addCommand(
    command('up', 'start a stack and verify a replicated write')
      .option('--topology <name|file>', 'a topology that ships with halab, or a YAML file', 'classic')
      .option('--port-offset <number>', 'move every published port by this number', portOffset, 0)
      .option('--ports <auto>', 'auto: publish any free ports')
      .addHelpText(
        'after',
        examples(
          ['halab up', 'PostgreSQL on 5432 and 5433, HAProxy on 5439, Redis on 6379'],
          ['halab up --stack second --port-offset 100', 'a second stack beside it, from 5532 on'],
          ['halab up --stack test --ports auto --json', 'any free ports; see halab env --stack test'],
        ),
      )
      .action((options, self) => {
        if (options.ports !== undefined && options.ports !== 'auto')
          self.error('error: --ports takes only "auto"');
        return run(options, async (session) => {
          const { up } = await import('../stack/up.js');
          const result = await up(await operationOf(session), {
            name: session.stackName,
            topology: options.topology,
            ports: options.ports === 'auto' ? 'auto' : { offset: options.portOffset },
          });
          const { renderUp } = await import('../ui/render-stack.js');
          return { data: result, text: (style) => renderUp(result, style) };
        });
      }),
  );
};
