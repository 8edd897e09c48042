import { command, examples, type Register } from './program.js';

export const registerHistory: Register = (program, run) => {
  program.addCommand(
    command('history', 'failovers, promotions, fences and rejoins: when, why, how long')
      .addHelpText(
        'after',
        examples(
          ['halab history', 'oldest first; it outlives the stack'],
          ['halab history --json', 'for a report'],
        ),
      )
      .action((options) =>
        run(options, async (session) => {
          const [{ operationOf }, { renderHistory }] = await Promise.all([
            import('./operation-of.js'),
            import('../ui/render-history.js'),
          ]);
          const { history, engine } = await operationOf(session);
          const entries = await history.read(engine.endpoint.url, session.stackName);
          return { data: { entries }, text: (style) => renderHistory(session.stackName, entries, style) };
        }),
      ),
  );
};
