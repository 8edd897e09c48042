import { Option } from '@commander-js/extra-typings';
import { changeStack, operationOf } from './operation-of.js';
import { command, examples, type Register } from './program.js';
import { parseSizeBytes } from './size.js';

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
      .option('--force', 'although the primary answers: it is stopped first')
      .option('--max-lag <bytes>', 'refuse to lose more WAL than this, for example 0 or 16kB', parseSizeBytes)
      .addOption(haproxyOption())
      .option('--dry-run', 'print the steps and their commands, and change nothing')
      .addHelpText(
        'after',
        examples(
          ['halab failover --promote', 'the primary is dead: promote the replica with the most WAL'],
          ['halab failover --promote --max-lag 0', 'only if no WAL of the dead primary would be lost'],
          ['halab failover --promote db-replica --force', 'the primary answers: stop it all the same'],
          ['halab failover --promote --force --dry-run', 'see the commands first'],
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
            permissions: { force: options.force === true, maxLagBytes: options.maxLag },
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
