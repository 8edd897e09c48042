import { InvalidArgumentError } from '@commander-js/extra-typings';
import { command, examples, type Register } from './program.js';

const lineCount = (text: string): number => {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It takes a number of lines, for example 50.');
  return Number(text);
};

export const registerLogs: Register = (program, run) => {
  program.addCommand(
    command('logs', 'the last lines that a node logged')
      .argument('<node>', 'name of the node')
      .option('-f, --follow', 'go on with new lines until Ctrl-C')
      .option('-n, --lines <number>', 'how many lines', lineCount, 100)
      .addHelpText(
        'after',
        examples(
          ['halab logs db-primary', 'its last 100 lines'],
          ['halab logs haproxy -f -n 10', 'follow it, from the last 10 on'],
        ),
      )
      .action((name, options, self) => {
        if (options.follow === true && options.json === true)
          self.error('error: --follow and --json exclude each other');
        return run(options, async (session) => {
          const [engine, { getNode, getStack }] = await Promise.all([
            session.engine(),
            import('../stack/stack.js'),
          ]);
          const node = getNode(await getStack(engine, session.stackName), name);
          if (options.follow === true) {
            const print = (line: string): void => {
              session.io.stdout.write(`${line}\n`);
            };
            await engine.followLogs(node.containerId, options.lines, print, session.signal);
            return {};
          }
          const lines = await engine.tailLogs(node.containerId, options.lines);
          return { data: { node: name, lines }, text: () => lines.map((line) => `${line}\n`).join('') };
        });
      }),
  );
};
