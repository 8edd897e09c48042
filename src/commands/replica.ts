import { Command } from '@commander-js/extra-typings';
import { changeStack } from './operation-of.js';
import { command, examples, type Register } from './program.js';

export const registerReplica: Register = (program, run) => {
  const add = command('add', 'a new replica by a base backup from the primary, on a stack that runs')
    .argument('[name]', 'its name (default: the next db-replica-NUMBER)')
    .addHelpText(
      'after',
      examples(
        ['halab replica add', 'db-replica-2, on port 5434; reads are sent to it as well'],
        ['halab replica add reports', 'under a name of its own'],
      ),
    )
    .action((name, options) =>
      run(options, async (session) => {
        const { addReplica } = await import('../failover/add-replica.js');
        const result = await changeStack(session, 'replica add', (operation) =>
          addReplica(operation, session.stackName, name),
        );
        const { renderAddReplica } = await import('../ui/render-replica.js');
        return { data: result, text: (style) => renderAddReplica(result, style) };
      }),
    );
  const remove = command('remove', 'take a replica out of the stack: its reads, its slot, its data')
    .argument('<name>', 'the replica; the primary is refused')
    .addHelpText(
      'after',
      examples([
        'halab replica remove db-replica-2',
        'the others go on; the last one takes the redundancy along',
      ]),
    )
    .action((name, options) =>
      run(options, async (session) => {
        const { removeReplica } = await import('../failover/remove-replica.js');
        const result = await changeStack(session, `replica remove ${name}`, (operation) =>
          removeReplica(operation, session.stackName, name),
        );
        const { renderRemoveReplica } = await import('../ui/render-replica.js');
        return { data: result, text: (style) => renderRemoveReplica(result, style) };
      }),
    );
  program.addCommand(
    new Command('replica').description('add a replica, or take one away').addCommand(add).addCommand(remove),
  );
};
