import { command, examples, type Register } from './program.js';
import { runInside } from './run-inside.js';

export const registerRedisCli: Register = (program, run) => {
  program.addCommand(
    command('redis-cli', 'redis-cli, logged in as the application')
      .argument('[words...]', 'after --: arguments for redis-cli')
      .usage('[options] [-- <arguments...>]')
      .addHelpText(
        'after',
        examples(
          ['halab redis-cli', 'a session'],
          ['halab redis-cli -- get product:1', 'one command'],
          ['halab redis-cli -- --scan --pattern "product:*"', 'the keys of the API'],
        ),
      )
      .action((words, options) =>
        run(options, async (session) => {
          const [engine, { getStack, onlyNode }, { openAccess }] = await Promise.all([
            session.engine(),
            import('../stack/stack.js'),
            import('../stack/access.js'),
          ]);
          const stack = await getStack(engine, session.stackName);
          const { user, password } = (await openAccess(engine, stack)).redis();
          return await runInside(session, onlyNode(stack, 'redis'), ['redis-cli', '--user', user, ...words], {
            REDISCLI_AUTH: password,
          });
        }),
      ),
  );
};
