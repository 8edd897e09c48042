import { exitCodes } from '../errors/exit-codes.js';
import { command, examples, type Register } from './program.js';
import { takeSnapshot } from './take-snapshot.js';
import { watchOrOnce } from './watch-or-once.js';

export const registerStatus: Register = (program, run) => {
  program.addCommand(
    command('status', 'roles, replication, proxy, cache, findings')
      .option('--watch', 'draw again every second until Ctrl-C')
      .addHelpText(
        'after',
        examples(
          ['halab status', 'exit code 3 when anything is wrong'],
          ['halab status --watch', 'keep it in view'],
          ['halab status --json', 'one object for a script; with --watch, one a line'],
        ),
      )
      .action((options) =>
        run(options, async (session) => {
          const [engine, { renderStatus }, { statusOf }] = await Promise.all([
            session.engine(),
            import('../ui/render-status.js'),
            import('../stack/status.js'),
          ]);
          return await watchOrOnce(session, options.watch === true, async () => {
            const status = statusOf(await takeSnapshot(engine, session.stackName));
            return {
              data: status,
              text: (style) => renderStatus(status, style),
              exitCode: status.healthy ? exitCodes.done : exitCodes.unhealthy,
            };
          });
        }),
      ),
  );
};
