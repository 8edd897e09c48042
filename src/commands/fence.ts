import { changeStack } from './operation-of.js';
import { command, examples, type Register } from './program.js';

export const registerFence: Register = (program, run) => {
  program.addCommand(
    command('fence', 'stop a second primary, and see that it never comes back as one')
      .argument('<node>', 'name of the node')
      .option('--force', 'although it is the only primary, and nobody takes writes then')
      .addHelpText(
        'after',
        examples(
          ['halab fence db-primary', 'end a split brain: db-primary is the one that takes no writes'],
          ['halab rejoin db-primary', 'afterwards: bring it back as a replica'],
        ),
      )
      .action((node, options) =>
        run(options, async (session) => {
          const { fenceNode } = await import('../failover/fence-node.js');
          const data = await changeStack(session, `fence ${node}`, (operation) =>
            fenceNode(operation, { stack: session.stackName, node, force: options.force === true }),
          );
          const { renderFence } = await import('../ui/render-failover.js');
          return { data, text: (style) => renderFence(data, style) };
        }),
      ),
  );
};
