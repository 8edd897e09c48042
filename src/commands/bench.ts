import { access, constants, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import {
  type BenchmarkName,
  type BenchResult,
  type BenchSettings,
  type Path,
  paths,
} from '../bench/bench-result.js';
import { exitCodes } from '../errors/exit-codes.js';
import { HalabError } from '../errors/halab-error.js';
import { parseDurationMs } from './duration.js';
import { operationOf } from './operation-of.js';
import { command, examples, type Register } from './program.js';
import type { CommonOptions, Outcome, Session } from './session.js';

const wholeNumber =
  (minimum: number, maximum: number) =>
  (text: string): number => {
    const number = Number(text);
    if (/^\d{1,10}$/.test(text) && number >= minimum && number <= maximum) return number;
    throw new InvalidArgumentError(`It takes a whole number from ${minimum} to ${maximum}.`);
  };

const shortestMs = 100;
const longestMs = 600_000;

const duration = (text: string): number => {
  const ms = parseDurationMs(text);
  if (ms >= shortestMs && ms <= longestMs) return ms;
  throw new InvalidArgumentError('It takes 100ms to 10m.');
};

/** pgbench counts in whole seconds. */
const wholeSeconds = (text: string): number => {
  const ms = duration(text);
  if (ms % 1000 === 0) return ms;
  throw new InvalidArgumentError('It takes whole seconds, such as 1s: pgbench counts in them.');
};

const ratio = (text: string): number => {
  const number = Number(text);
  if (/^\d*\.?\d+$/.test(text) && number <= 1) return number;
  throw new InvalidArgumentError('It takes a number from 0 to 1, such as 0.1.');
};

const benchCommand = (name: BenchmarkName, description: string, rate: number, connections = 32) =>
  command(name, description)
    .option('--rate <number>', 'requests a second, for the latencies', wholeNumber(1, 100_000), rate)
    .option('--rounds <number>', 'how often each side has its turn', wholeNumber(1, 1000), 6)
    .option(
      '--connections <number>',
      'that ask without a pause, for the throughput',
      wholeNumber(1, 64),
      connections,
    )
    .option(
      '--seed <number>',
      'of the order of requests, and of the intervals',
      wholeNumber(0, 2 ** 32 - 1),
      1,
    )
    .option('--save <file>', 'write the result there, as JSON')
    .option('--compare <file>', 'hold it against a result that was saved');

/** The default is the shortest that gives 10,000 samples in six rounds at 1,000 a second: what p99.9 needs. */
const durationOption = () =>
  new Option('--duration <duration>', 'of the latencies in each round; the throughput takes half as long')
    .argParser(duration)
    .default(1700, '1.7s');

const warmUpOption = () =>
  new Option('--warm-up <duration>', 'before each measurement')
    .argParser(parseDurationMs)
    .default(500, '500ms');

const throughOption = () =>
  new Option('--through <paths...>', 'the ways to the database; several take turns')
    .choices(paths)
    .default(['api'] as Path[], 'api');

interface CommonBenchOptions extends CommonOptions {
  save?: string | undefined;
  compare?: string | undefined;
}

/** Before anything is measured: a result that cannot be kept would be found out too late. @throws USAGE */
async function requireWritable(file: string): Promise<void> {
  await access(dirname(resolve(file)), constants.W_OK).catch((error: unknown) => {
    throw new HalabError('USAGE', `${file} cannot be written: ${(error as Error).message}.`, {
      hint: 'Name a file in a folder that is there and may be written to.',
      cause: error,
    });
  });
}

const save = (file: string, result: BenchResult): Promise<void> =>
  writeFile(file, `${JSON.stringify(result, null, 2)}\n`);

async function bench(
  session: Session,
  benchmark: BenchmarkName,
  { save: saveTo, compare }: CommonBenchOptions,
  settings: BenchSettings,
): Promise<Outcome> {
  const [{ runBench }, { readSavedResult }, { renderBench }] = await Promise.all([
    import('../bench/bench.js'),
    import('../bench/saved-result.js'),
    import('../ui/render-bench.js'),
  ]);
  const earlier = compare === undefined ? undefined : await readSavedResult(compare, benchmark);
  if (saveTo !== undefined) await requireWritable(saveTo);
  const result = await runBench(await operationOf(session), {
    stack: session.stackName,
    benchmark,
    settings,
    earlier,
  });
  if (saveTo !== undefined) await save(saveTo, result);
  return {
    data: result,
    text: (style) => renderBench(result, style),
    exitCode: result.verdict === 'measured' ? exitCodes.done : exitCodes.inconclusive,
  };
}

interface MeasuringOptions {
  rate: number;
  rounds: number;
  connections: number;
  seed: number;
  duration: number;
  warmUp?: number;
}

const settingsOf = (
  { rate, rounds, connections, seed, duration: durationMs, warmUp: warmUpMs = 0 }: MeasuringOptions,
  rest: Partial<Pick<BenchSettings, 'writeRatio' | 'through'>> = {},
): BenchSettings => ({
  ratePerSecond: rate,
  rounds,
  connections,
  seed,
  durationMs,
  warmUpMs,
  writeRatio: null,
  through: null,
  ...rest,
});

/** @throws USAGE */
function writablePaths(through: readonly Path[]): Path[] {
  if (!through.includes('replica')) return [...new Set(through)];
  throw new HalabError('USAGE', 'A replica takes no writes.', {
    hint: 'Leave it out of --through, or read from it: halab bench reads --through replica.',
  });
}

export const registerBench: Register = (program, run) => {
  const cache = benchCommand('cache', 'reads through the API, without its cache and with it', 1000)
    .addOption(durationOption())
    .addOption(warmUpOption())
    .addHelpText(
      'after',
      examples(
        ['halab bench cache', 'latency, throughput, queries at the database, and the gain'],
        ['halab bench cache --save before.json', 'keep the result'],
        ['halab bench cache --compare before.json', 'what changed since then'],
      ),
    )
    .action((options) => run(options, (session) => bench(session, 'cache', options, settingsOf(options))));
  const reads = benchCommand('reads', 'reads of single products', 1000)
    .addOption(durationOption())
    .addOption(warmUpOption())
    .addOption(throughOption())
    .addHelpText(
      'after',
      examples(
        ['halab bench reads', 'through the API, with its cache'],
        ['halab bench reads --through proxy replica', 'by SQL: what does the proxy cost?'],
      ),
    )
    .action((options) =>
      run(options, (session) =>
        bench(session, 'reads', options, settingsOf(options, { through: [...new Set(options.through)] })),
      ),
    );
  const writes = benchCommand('writes', 'inserts of single products, removed at the end', 300)
    .addOption(durationOption())
    .addOption(warmUpOption())
    .addOption(throughOption())
    .addHelpText(
      'after',
      examples(
        ['halab bench writes', 'through the API'],
        ['halab bench writes --through proxy pooler', 'by SQL: what does the pooler cost?'],
      ),
    )
    .action((options) =>
      run(options, (session) =>
        bench(session, 'writes', options, settingsOf(options, { through: writablePaths(options.through) })),
      ),
    );
  const mixed = benchCommand('mixed', 'reads and updates of the same products', 500)
    .addOption(durationOption())
    .addOption(warmUpOption())
    .addOption(throughOption())
    .option('--write-ratio <number>', 'share of updates', ratio, 0.1)
    .addHelpText(
      'after',
      examples(
        ['halab bench mixed', 'one request of ten is an update, which takes a value out of the cache'],
        ['halab bench mixed --write-ratio 0.5', 'every second one'],
      ),
    )
    .action((options) =>
      run(options, (session) => {
        const { writeRatio, through } = options;
        const settings = settingsOf(options, { writeRatio, through: writablePaths(through) });
        return bench(session, 'mixed', options, settings);
      }),
    );
  const pg = benchCommand('pg', 'pgbench through primary, proxy, replica and pooler', 300, 10)
    .addOption(
      new Option('--duration <duration>', 'of the latencies in each round, and of the throughput')
        .argParser(wholeSeconds)
        .default(1000, '1s'),
    )
    .addHelpText(
      'after',
      examples(
        ['halab bench pg', 'reads and inserts, from inside the stack’s network'],
        ['halab bench pg --rate 1000 --duration 10s', 'for longer, at another rate'],
      ),
    )
    .action((options) => run(options, (session) => bench(session, 'pg', options, settingsOf(options))));
  const group = new Command('bench').description(
    'latency, throughput and load of the database, with their intervals',
  );
  for (const each of [cache, reads, writes, mixed, pg]) group.addCommand(each);
  program.addCommand(group);
};
