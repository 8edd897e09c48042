import { changeStack } from './operation-of.js';
import { command, examples, type Register } from './program.js';

export const registerPromote: Register = (program, run) => {
  program.addCommand(
    command('promote', 'pg_ctl promote on a replica, and nothing else: the proxy stays as it is')
      .argument('<node>', 'the replica')
      .addHelpText(
        'after',
        examples(
          ['halab stop db-primary', 'a failover by hand: first the old primary is stopped,'],
          ['halab promote db-replica', 'then the replica is promoted,'],
          ['halab proxy point db-replica', 'then writes are sent to it'],
        ),
      )
      .action((node, options) =>
        run(options, async (session) => {
          const { promote } = await import('../failover/promote.js');
          const result = await changeStack(session, `promote ${node}`, (operation) =>
            promote(operation, session.stackName, node),
          );
          const { renderPromote } = await import('../ui/render-failover.js');
          return { data: result, text: (style) => renderPromote(result, style) };
        }),
      ),
  );
};
