import { exitCodes } from '../errors/exit-codes.js';
import { command, examples, type Register } from './program.js';
import { takeSnapshot } from './take-snapshot.js';
import { watchOrOnce } from './watch-or-once.js';

export const registerLag: Register = (program, run) => {
  program.addCommand(
    command('lag', 'replication lag in bytes and time; slots')
      .option('--watch', 'draw again every second until Ctrl-C')
      .addHelpText(
        'after',
        examples(
          ['halab lag', 'exit code 3 when a replica is not streaming'],
          ['halab lag --watch', 'keep it in view'],
        ),
      )
      .action((options) =>
        run(options, async (session) => {
          const [engine, { lagRows }, { renderLag }] = await Promise.all([
            session.engine(),
            import('../stack/lag-rows.js'),
            import('../ui/render-lag.js'),
          ]);
          return await watchOrOnce(session, options.watch === true, async () => {
            const seen = await takeSnapshot(engine, session.stackName);
            const replicas = lagRows(seen);
            const streaming = replicas.length > 0 && replicas.every(({ state }) => state === 'streaming');
            const data = { stack: seen.stack, primary: seen.detail.primary, replicas };
            return {
              data,
              text: (style) => renderLag(data, style),
              exitCode: streaming ? exitCodes.done : exitCodes.unhealthy,
            };
          });
        }),
      ),
  );
};
