import { operationOf } from './operation-of.js';
import { command, examples, type Register } from './program.js';

export const registerStop: Register = (program, run) => {
  program.addCommand(
    command('stop', 'stop a node; PostgreSQL by a fast shutdown')
      .argument('<node>', 'name of the node')
      .addHelpText(
        'after',
        examples(
          ['halab stop db-primary', 'then: halab failover --promote'],
          ['halab stop redis', 'reads go on without the cache'],
        ),
      )
      .action((name, options) =>
        run(options, async (session) => {
          const { stopNode } = await import('../stack/control.js');
          const data = await stopNode(await operationOf(session), session.stackName, name);
          const { renderChange } = await import('../ui/render-change.js');
          return { data, text: (style) => renderChange('stopped', data, style) };
        }),
      ),
  );
};
