import { Argument, Command, Option } from '@commander-js/extra-typings';
import { exitCodes } from '../errors/exit-codes.js';
import { haproxyOption } from './failover.js';
import { changeStack } from './operation-of.js';
import { portChoice, portOffsetOption, portsOption } from './port-options.js';
import { command, examples, type Register } from './program.js';

const labs = [
  { name: 'failover', about: 'the primary dies under load; what the clients felt, what was lost' },
] as const;

export const registerLab: Register = (program, run) => {
  const list = command('list', 'the labs there are').action((options) =>
    run(options, async () => {
      const { renderLabs } = await import('../ui/render-lab.js');
      return { data: { labs }, text: (style) => renderLabs(labs, style) };
    }),
  );
  const runLab = command('run', 'run a lab and print its report; exit code 3 when an assertion fails')
    .addArgument(new Argument('<lab>', 'its name').choices(labs.map(({ name }) => name)))
    .addOption(portOffsetOption())
    .addOption(portsOption())
    .addOption(haproxyOption())
    .addOption(new Option('--fresh', 'replace the stack and its data, also when a user made it'))
    .addHelpText(
      'after',
      examples(
        ['halab lab run failover', 'on the stack halab, which is made when it is not there'],
        ['halab lab run failover --stack ci --ports auto --json', 'beside other stacks, for a script'],
        ['halab lab run failover --haproxy restart', 'what a restart costs'],
      ),
    )
    .action((_lab, options) =>
      run(options, async (session) => {
        const { runFailoverLab } = await import('../labs/failover-lab.js');
        const result = await changeStack(session, 'lab run', (operation) =>
          runFailoverLab(operation, {
            stack: session.stackName,
            ports: portChoice(options),
            fresh: options.fresh === true,
            haproxy: options.haproxy,
          }),
        );
        const { renderLabRun } = await import('../ui/render-lab.js');
        const exitCode = {
          passed: exitCodes.done,
          failed: exitCodes.unhealthy,
          inconclusive: exitCodes.inconclusive,
        };
        return {
          data: result,
          text: (style) => renderLabRun(result, style),
          exitCode: exitCode[result.verdict],
        };
      }),
    );
  program.addCommand(
    new Command('lab').description('scripted experiments with a verdict').addCommand(list).addCommand(runLab),
  );
};
