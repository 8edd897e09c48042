import { command, examples, type Register } from './program.js';

export const registerEnv: Register = (program, run) => {
  program.addCommand(
    command('env', 'URLs with credentials, as shell exports or JSON')
      .option('--superuser', 'with the administrator of PostgreSQL instead of the application')
      .addHelpText(
        'after',
        examples(
          ['eval "$(halab env)"', 'then: psql "$HALAB_WRITE_URL"'],
          ['halab env --json', 'writeUrl, readUrl, poolerUrl, redisUrl, apiUrl, and one URL a node'],
          ['halab env --superuser', 'for migrations and extensions'],
        ),
      )
      .action((options) =>
        run(options, async (session) => {
          const [engine, { getStack }, { findEndpoints }, { renderEnv }] = await Promise.all([
            session.engine(),
            import('../stack/stack.js'),
            import('../stack/endpoints.js'),
            import('../ui/render-env.js'),
          ]);
          const stack = await getStack(engine, session.stackName);
          const data = await findEndpoints(engine, stack, options.superuser === true ? 'postgres' : 'app');
          return { data, text: () => renderEnv(data) };
        }),
      ),
  );
};
