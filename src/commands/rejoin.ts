import { Option } from '@commander-js/extra-typings';
import { askToDiscard } from './ask-to-discard.js';
import { changeStack } from './operation-of.js';
import { command, examples, type Register } from './program.js';

export const registerRejoin: Register = (program, run) => {
  program.addCommand(
    command('rejoin', 'make a lost node follow the primary again, former primaries too')
      .argument('<node>', 'the PostgreSQL node that comes back')
      .option('--yes', 'discard what the node holds and the primary never had, without asking')
      .addOption(
        new Option('--method <method>', 'instead of the one that halab chooses').choices([
          'rewind',
          'basebackup',
        ] as const),
      )
      .option('--dry-run', 'say what would be done and discarded, and leave the node as it is')
      .addHelpText(
        'after',
        examples(
          ['halab rejoin db-primary', 'as standby, by pg_rewind, or by a base backup: says which and why'],
          ['halab rejoin db-primary --dry-run', 'what would be discarded?'],
          ['halab rejoin db-primary --yes', 'in a script'],
        ),
      )
      .action((node, options) =>
        run(options, async (session) => {
          const { rejoin } = await import('../failover/rejoin.js');
          const { discardQuestion, renderRejoin } = await import('../ui/render-rejoin.js');
          const result = await changeStack(session, `rejoin ${node}`, (operation) =>
            rejoin(operation, {
              stack: session.stackName,
              node,
              method: options.method,
              dryRun: options.dryRun === true,
              mayDiscard: async (discarded) =>
                options.yes === true || (await askToDiscard(session, discardQuestion(node, discarded))),
            }),
          );
          return { data: result, text: (style) => renderRejoin(result, style) };
        }),
      ),
  );
};
