import { exitCodes } from '../errors/exit-codes.js';
import { askToDiscard } from './ask-to-discard.js';
import { changeStack } from './operation-of.js';
import { command, examples, type Register } from './program.js';

export const registerRepair: Register = (program, run) => {
  program.addCommand(
    command('repair', 'bring a stack back to full redundancy, whatever happened to it')
      .option('--yes', 'discard what a former primary holds and the primary never had, without asking')
      .option('--dry-run', 'print the steps that can be seen now, and change nothing')
      .addHelpText(
        'after',
        examples(
          ['halab repair', 'one primary, replicas that stream, a proxy that points there'],
          ['halab repair --dry-run', 'see the steps first'],
          ['halab repair --yes', 'for scripts'],
        ),
      )
      .action((options) =>
        run(options, async (session) => {
          const [{ repair }, { renderRepair }, { discardQuestion }] = await Promise.all([
            import('../repair/repair.js'),
            import('../ui/render-repair.js'),
            import('../ui/render-rejoin.js'),
          ]);
          const data = await changeStack(session, 'repair', (operation) =>
            repair(operation, {
              stack: session.stackName,
              dryRun: options.dryRun === true,
              mayDiscard: async (node, discarded) =>
                options.yes === true || (await askToDiscard(session, discardQuestion(node, discarded))),
            }),
          );
          return {
            data,
            text: (style) => renderRepair(data, style),
            exitCode: data.healthy || data.dryRun ? exitCodes.done : exitCodes.unhealthy,
          };
        }),
      ),
  );
};
