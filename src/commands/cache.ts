import { command, examples, type Register } from './program.js';
import { watchOrOnce } from './watch-or-once.js';

export const registerCache: Register = (program, run) => {
  program.addCommand(
    command('cache', 'cache hits, misses, ratio, keys, memory')
      .option('--watch', 'draw again every second until Ctrl-C')
      .addHelpText(
        'after',
        examples(['halab cache', 'the figures now'], ['halab cache --watch', 'see the ratio climb']),
      )
      .action((options) =>
        run(options, async (session) => {
          const [engine, { getStack }, { readCache }, { renderCache }] = await Promise.all([
            session.engine(),
            import('../stack/stack.js'),
            import('../stack/cache.js'),
            import('../ui/render-cache.js'),
          ]);
          return await watchOrOnce(session, options.watch === true, async () => {
            const data = await readCache(engine, await getStack(engine, session.stackName));
            return { data, text: (style) => renderCache(data, style) };
          });
        }),
      ),
  );
};
