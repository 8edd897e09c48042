import { operationOf } from './operation-of.js';
import { command, examples, type Register } from './program.js';

export const registerStart: Register = (program, run) => {
  program.addCommand(
    command('start', 'start a node and wait until its server answers')
      .argument('<node>', 'name of the node')
      .addHelpText(
        'after',
        examples(['halab start db-replica', 'refused when it would become a second primary']),
      )
      .action((name, options) =>
        run(options, async (session) => {
          const { startNode } = await import('../stack/control.js');
          const data = await startNode(await operationOf(session), session.stackName, name);
          const { renderChange } = await import('../ui/render-change.js');
          return { data, text: (style) => renderChange('started', data, style) };
        }),
      ),
  );
};
