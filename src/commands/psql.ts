import { HalabError } from '../errors/halab-error.js';
import { command, examples, type Register } from './program.js';
import { runInside, splitOperands } from './run-inside.js';

export const registerPsql: Register = (program, run) => {
  program.addCommand(
    command('psql', 'psql as superuser; where writes go by default')
      .argument('[words...]', 'the node; after --: arguments for psql')
      .usage('[node] [options] [-- <arguments...>]')
      .addHelpText(
        'after',
        examples(
          ['halab psql', 'a session on the primary'],
          ['halab psql db-replica', 'a session on the replica'],
          ["halab psql -- -c 'select * from pg_stat_replication' -x", 'one statement'],
          ["echo 'select 1' | halab psql", 'statements from a pipe'],
        ),
      )
      .action((words, options) =>
        run(options, async (session) => {
          const { own, passedOn } = splitOperands(words, session.passedOn);
          const [name, surplus] = own;
          if (surplus !== undefined) {
            throw new HalabError('USAGE', `psql takes one node; ${surplus} is another word.`, {
              hint: 'Arguments for psql follow after two hyphens: halab psql -- -d postgres.',
            });
          }
          const [engine, { getNode, getStack, onlyNode }] = await Promise.all([
            session.engine(),
            import('../stack/stack.js'),
          ]);
          const stack = await getStack(engine, session.stackName);
          const { configuredWritesTo } = await import('../stack/proxy.js');
          const wanted = name ?? (await configuredWritesTo(engine, onlyNode(stack, 'haproxy')));
          const node =
            wanted === undefined ? onlyNode(stack, 'postgres') : getNode(stack, wanted, 'postgres');
          return await runInside(session, node, ['psql', '-d', 'shop', ...passedOn]);
        }),
      ),
  );
};
