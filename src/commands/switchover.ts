import { defaultMaxPauseMs } from '../failover/max-pause.js';
import { parseDurationMs } from './duration.js';
import { changeStack } from './operation-of.js';
import { command, examples, type Register } from './program.js';

export const registerSwitchover: Register = (program, run) => {
  program.addCommand(
    command('switchover', 'swap primary and replica without losing a write')
      .argument('[node]', 'the replica to promote; without a name the one with the most WAL')
      .option(
        '--max-pause <duration>',
        'call it off when open transactions or the replica need longer',
        parseDurationMs,
        defaultMaxPauseMs,
      )
      .addHelpText(
        'after',
        examples(
          ['halab switchover', 'the old primary follows the new one'],
          ['halab switchover db-replica --max-pause 500ms', 'or not at all'],
        ),
      )
      .action((node, options) =>
        run(options, async (session) => {
          const { switchover } = await import('../failover/switchover.js');
          const data = await changeStack(session, 'switchover', (operation) =>
            switchover(operation, { stack: session.stackName, node, maxPauseMs: options.maxPause }),
          );
          const { renderSwitchover } = await import('../ui/render-failover.js');
          return { data, text: (style) => renderSwitchover(data, style) };
        }),
      ),
  );
};
