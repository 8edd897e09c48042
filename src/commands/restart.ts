import { operationOf } from './operation-of.js';
import { command, examples, type Register } from './program.js';

export const registerRestart: Register = (program, run) => {
  program.addCommand(
    command('restart', 'stop a node and start it again')
      .argument('<node>', 'name of the node')
      .addHelpText(
        'after',
        examples(['halab restart haproxy', 'breaks its sessions; halab proxy point reloads without']),
      )
      .action((name, options) =>
        run(options, async (session) => {
          const { restartNode } = await import('../stack/control.js');
          const data = await restartNode(await operationOf(session), session.stackName, name);
          const { renderChange } = await import('../ui/render-change.js');
          return { data, text: (style) => renderChange('restarted', data, style) };
        }),
      ),
  );
};
