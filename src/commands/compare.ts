import { HalabError } from '../errors/halab-error.js';
import type { Comparison } from '../labs/compare/compare-runs.js';
import { command, examples, type Register } from './program.js';

export const registerCompare: Register = (program, run) => {
  program.addCommand(
    command('compare', 'runs of labs side by side, in one table and one picture')
      .argument('<file...>', 'a run’s evidence, its record.json, or a folder of runs, which counts as one')
      .option('--html <file>', 'write a page with the table and the pictures')
      .addHelpText(
        'after',
        examples(
          ['halab compare runs/a runs/b', 'two runs: outages, losses, phases, what else is not alike'],
          ['halab compare runs/a runs/b --html compare.html', 'with pictures, in one file'],
          ['halab compare runs/before runs/after', 'of each the runs of --repeat and --report: medians'],
          ['halab compare runs/* --json', 'for a script'],
        ),
      )
      .action((files, options) =>
        run(options, async () => {
          const [{ readRecords }, { compareRuns }, { renderCompare }] = await Promise.all([
            import('../labs/compare/read-records.js'),
            import('../labs/compare/compare-runs.js'),
            import('../ui/render-compare.js'),
          ]);
          const comparison = compareRuns(await Promise.all(files.map(readRecords)));
          const { sides, differences, runsNeeded } = comparison;
          if (sides.length < 2) {
            throw new HalabError('USAGE', `${files.join(', ')} holds one run: a comparison takes two.`, {
              hint: 'Name the evidence of another run, too: halab compare RUN OTHER.',
            });
          }
          if (options.html !== undefined) await writePage(options.html, comparison);
          const html = options.html ?? null;
          return {
            data: { sides, differences, runsNeeded, html },
            text: (style) => renderCompare(comparison, style, html),
          };
        }),
      ),
  );
};

async function writePage(file: string, comparison: Comparison): Promise<void> {
  const [{ writeFile }, { renderComparePage }] = await Promise.all([
    import('node:fs/promises'),
    import('../ui/report/compare-page.js'),
  ]);
  await writeFile(file, renderComparePage(comparison)).catch((error: unknown) => {
    throw new HalabError('FILE_NOT_WRITTEN', `The page cannot be written: ${(error as Error).message}.`, {
      hint: 'Name a file in a folder that is there and may be written to.',
      cause: error,
    });
  });
}
