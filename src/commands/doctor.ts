import { exitCodes } from '../errors/exit-codes.js';
import { command, examples, type Register } from './program.js';

export const registerDoctor: Register = (program, run) => {
  program.addCommand(
    command('doctor', 'check engine, images, ports, memory, disk, kernel')
      .addHelpText(
        'after',
        examples(
          ['halab doctor', 'exit code 6 when no stack can be started'],
          ['halab doctor --json', 'for a script'],
        ),
      )
      .action((options) =>
        run(options, async (session) => {
          const [{ doctor }, { renderDoctor }] = await Promise.all([
            import('../stack/doctor.js'),
            import('../ui/render-doctor.js'),
          ]);
          const data = await doctor(session.engine);
          return {
            data,
            text: (style) => renderDoctor(data, style),
            exitCode: data.usable ? exitCodes.done : exitCodes.engine,
          };
        }),
      ),
  );
};
