import { operationOf } from './operation-of.js';
import { command, examples, type Register } from './program.js';

export const registerFaults: Register = (program, run) => {
  program.addCommand(
    command('faults', 'the faults in force, whoever injected them')
      .addHelpText(
        'after',
        examples(['halab faults', 'read from the stack itself'], ['halab faults --json', 'for a script']),
      )
      .action((options) =>
        run(options, async (session) => {
          const [{ findFaults }, { getStack }, { openAccess }, { renderFaults }] = await Promise.all([
            import('../faults/find-faults.js'),
            import('../stack/stack.js'),
            import('../stack/access.js'),
            import('../ui/render-faults.js'),
          ]);
          const operation = await operationOf(session);
          const stack = await getStack(operation.engine, session.stackName);
          const faults = await findFaults(operation, stack, await openAccess(operation.engine, stack));
          return { data: { faults }, text: (style) => renderFaults(session.stackName, faults, style) };
        }),
      ),
  );
};
