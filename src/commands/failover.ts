import { Option } from '@commander-js/extra-typings';
import { changeStack, operationOf } from './operation-of.js';
import { command, examples, type Register } from './program.js';

/** How HAProxy takes its new configuration. */
export const haproxyOption = () =>
  new Option(
    '--haproxy <action>',
    'how HAProxy takes the new configuration: reload keeps its listening socket',
  )
    .choices(['reload', 'restart'] as const)
    .default('reload' as const);

export const registerFailover: Register = (program, run) => {
  program.addCommand(
    command('failover', 'stop the old primary, promote a replica, send writes to it, and verify')
      .requiredOption('--promote [node]', 'the replica to promote; without a name the one with the most WAL')
      .addOption(haproxyOption())
      .option('--dry-run', 'print the steps and their commands, and change nothing')
      .addHelpText(
        'after',
        examples(
          ['halab failover --promote', 'promote the replica that received the most WAL'],
          ['halab failover --promote db-replica --haproxy restart', 'compare with the default, reload'],
          ['halab failover --promote --dry-run', 'see the commands first'],
        ),
      )
      .action((options) =>
        run(options, async (session) => {
          const { dryRunFailover, failover } = await import('../failover/failover.js');
          const { renderFailover, renderPlan } = await import('../ui/render-failover.js');
          const wanted = {
            stack: session.stackName,
            promote: options.promote === true ? undefined : options.promote,
            haproxy: options.haproxy,
          };
          if (options.dryRun === true) {
            const steps = await dryRunFailover(await operationOf(session), wanted);
            return { data: { dryRun: true, steps }, text: (style) => renderPlan(steps, style) };
          }
          const result = await changeStack(session, 'failover', (operation) => failover(operation, wanted));
          return { data: result, text: (style) => renderFailover(result, style) };
        }),
      ),
  );
};
