import { operationOf } from './operation-of.js';
import { command, examples, type Register } from './program.js';

export const registerHeal: Register = (program, run) => {
  program.addCommand(
    command('heal', 'end the faults of a node, or of all')
      .argument('[node]', 'name of the node; all when it is left out')
      .addHelpText(
        'after',
        examples(
          ['halab heal db-replica', 'it goes on, is started, or gets its data again'],
          ['halab heal', 'every fault in force'],
        ),
      )
      .action((node, options) =>
        run(options, async (session) => {
          const [{ heal }, { renderHeal }] = await Promise.all([
            import('../faults/heal.js'),
            import('../ui/render-faults.js'),
          ]);
          const data = await heal(await operationOf(session), session.stackName, node);
          return { data, text: (style) => renderHeal(data, style) };
        }),
      ),
  );
};
