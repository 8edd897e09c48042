import { changeStack } from './operation-of.js';
import { command, examples, type Register } from './program.js';

export const registerDown: Register = (program, run) => {
  program.addCommand(
    command('down', 'remove a stack: containers, network and data')
      .option('--keep-data', 'keep the volumes; the next up goes on with them')
      .addHelpText(
        'after',
        examples(['halab down', 'leave nothing behind'], ['halab down --keep-data', 'keep the databases']),
      )
      .action((options) =>
        run(options, async (session) => {
          const { down } = await import('../stack/down.js');
          const result = await changeStack(session, 'down', (operation) =>
            down(operation, session.stackName, {
              keepData: options.keepData === true,
            }),
          );
          const { renderDown } = await import('../ui/render-stack.js');
          return { data: result, text: (style) => renderDown(result, style) };
        }),
      ),
  );
};
