import { command, examples, type Register } from './program.js';

export const registerLs: Register = (program, run) => {
  program.addCommand(
    command('ls', 'the stacks on the engine, kept data included')
      .addHelpText(
        'after',
        examples(['halab ls', 'names, nodes and ports'], ['halab ls --json', 'for a script']),
      )
      .action((options) =>
        run(options, async (session) => {
          const [engine, { listStacks }, { renderList }] = await Promise.all([
            session.engine(),
            import('../stack/list.js'),
            import('../ui/render-list.js'),
          ]);
          const stacks = await listStacks(engine);
          return { data: { stacks }, text: (style) => renderList(stacks, style) };
        }),
      ),
  );
};
