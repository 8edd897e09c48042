import { writeFile } from 'node:fs/promises';
import { Command } from '@commander-js/extra-typings';
import { HalabError } from '../errors/halab-error.js';
import { labRunCommand } from './lab-run.js';
import { command, examples, type Register } from './program.js';

const wanted = '<name|file>';
const whichLab = 'a lab that ships with halab, or a YAML file';

export const registerLab: Register = (program, run) => {
  const list = command('list', 'the labs that ship with halab').action((options) =>
    run(options, async () => {
      const [{ loadLab, shippedLabs }, { renderLabs }] = await Promise.all([
        import('../labs/file/shipped-labs.js'),
        import('../ui/render-lab-file.js'),
      ]);
      const labs = shippedLabs().map((name) => ({ name, title: loadLab(name).title }));
      return { data: { labs }, text: (style) => renderLabs(labs, style) };
    }),
  );
  const show = command('show', 'what a lab does, step by step, and what it asserts')
    .argument(wanted, whichLab)
    .option('--yaml', 'its file, word for word: a start for one of your own')
    .addHelpText(
      'after',
      examples(
        ['halab lab show failover', 'its steps and assertions'],
        ['halab lab show failover --yaml > mine.yaml', 'copy it'],
      ),
    )
    .action((name, options) =>
      run(options, async (session) => {
        const [{ loadLab }, { renderLabFile }] = await Promise.all([
          import('../labs/file/shipped-labs.js'),
          import('../ui/render-lab-file.js'),
        ]);
        const lab = loadLab(name);
        if (options.yaml === true && !session.json) return { text: () => lab.source };
        const steps = lab.steps.map(({ text }) => text);
        const assertions = lab.claims.map(({ text }) => text);
        const { title, about, conclusion, stack, source } = lab;
        const data = { name: lab.name, title, about, stack, steps, assertions, conclusion, source };
        return { data, text: (style) => renderLabFile(data, style) };
      }),
    );
  const check = command('check', 'read lab files and say where they are wrong; nothing is run')
    .argument('<file...>', 'YAML files, or names of labs that ship')
    .addHelpText('after', examples(['halab lab check mine.yaml', 'exit code 2 names file, line and column']))
    .action((files, options) =>
      run(options, async () => {
        const [{ loadLab }, { renderChecked }] = await Promise.all([
          import('../labs/file/shipped-labs.js'),
          import('../ui/render-lab-file.js'),
        ]);
        const labs = files.map((file) => {
          const { name, steps, claims } = loadLab(file);
          return { file, lab: name, steps: steps.length, assertions: claims.length };
        });
        return { data: { labs }, text: (style) => renderChecked(labs, style) };
      }),
    );
  const create = command('new', 'write a lab file to begin with')
    .argument('<file>', 'where; it must not be there yet')
    .addHelpText('after', examples(['halab lab new mine.yaml', 'then: halab lab run ./mine.yaml']))
    .action((file, options) =>
      run(options, async () => {
        const [{ labTemplate }, { renderNewLab }] = await Promise.all([
          import('../labs/file/template.js'),
          import('../ui/render-lab-file.js'),
        ]);
        await writeFile(file, labTemplate(file), { flag: 'wx' }).catch((error: unknown) => {
          throw new HalabError('FILE_NOT_WRITTEN', `${file} was not written: ${(error as Error).message}.`, {
            cause: error,
          });
        });
        return { data: { file }, text: (style) => renderNewLab(file, style) };
      }),
    );
  program.addCommand(
    new Command('lab')
      .description('scripted experiments with a verdict')
      .addCommand(list)
      .addCommand(show)
      .addCommand(labRunCommand(run))
      .addCommand(create)
      .addCommand(check),
  );
};
