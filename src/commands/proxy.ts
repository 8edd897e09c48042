import { Command } from '@commander-js/extra-typings';
import { haproxyOption } from './failover.js';
import { changeStack } from './operation-of.js';
import { command, examples, type Register } from './program.js';

export const registerProxy: Register = (program, run) => {
  const point = command('point', 'rewrite haproxy.cfg so that writes go to a node, and have HAProxy take it')
    .argument('<node>', 'the primary that should get the writes')
    .addOption(haproxyOption())
    .option('--force', 'also when the node is no primary: clients will fail')
    .addHelpText(
      'after',
      examples(
        ['halab proxy point db-replica', 'after halab promote db-replica'],
        ['halab proxy point db-replica --haproxy restart', 'restart instead of reload'],
      ),
    )
    .action((node, options) =>
      run(options, async (session) => {
        const { pointProxy } = await import('../failover/point-proxy.js');
        const result = await changeStack(session, 'proxy point', (operation) =>
          pointProxy(operation, {
            stack: session.stackName,
            node,
            action: options.haproxy,
            force: options.force === true,
          }),
        );
        const { renderPointProxy } = await import('../ui/render-failover.js');
        return { data: result, text: (style) => renderPointProxy(result, style) };
      }),
    );
  program.addCommand(new Command('proxy').description('where HAProxy sends writes').addCommand(point));
};
