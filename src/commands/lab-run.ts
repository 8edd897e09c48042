import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { exitCodes } from '../errors/exit-codes.js';
import type { Emit } from '../events/events.js';
import type { LabRecord, LabVerdict } from '../labs/record.js';
import type { Explainer } from '../labs/run/run-steps.js';
import { changeStack } from './operation-of.js';
import { portChoice, portOffsetOption, portsOption } from './port-options.js';
import { command, examples } from './program.js';
import type { Run, Session } from './session.js';

const exitCodeOf: Record<LabVerdict, number> = {
  passed: exitCodes.done,
  failed: exitCodes.unhealthy,
  inconclusive: exitCodes.inconclusive,
};

const count = (text: string): number => {
  const number = Number(text);
  if (!/^\d{1,4}$/.test(text) || number < 1)
    throw new InvalidArgumentError('It takes a number from 1 to 9999.');
  return number;
};
const seed = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It takes a whole number.');
  return Number(text);
};

/** Where runs are kept when no folder is named: where programs keep what outlives them (XDG Base Directory Specification). */
function runsFolder(env: NodeJS.ProcessEnv): string {
  const state = env['XDG_STATE_HOME'];
  return join(
    state === undefined || state === '' ? join(homedir(), '.local', 'state') : state,
    'halab',
    'runs',
  );
}

/** Asks before each step what the reader foretells; without a terminal it only says what is next. */
async function explainerFor(session: Session): Promise<Explainer> {
  const { io, json, signal } = session;
  const { questionOf, toldAfter } = await import('../ui/render-explained.js');
  const style = await session.style();
  const interactive = !json && io.stdin.isTTY && io.stdout.isTTY;
  const say = (text: string): void => {
    (json ? io.stderr : io.stdout).write(text);
  };
  return {
    predict: async (step) => {
      if (!step.foretold) return null;
      if (!interactive) {
        say(`${questionOf(step, style)}\n`);
        return null;
      }
      await session.releaseTerminal();
      const { default: inquirer } = await import('inquirer');
      const prompt = inquirer.createPromptModule({ input: io.stdin, output: io.stdout, signal });
      const { answer } = await prompt<{ answer: string }>([
        { type: 'input', name: 'answer', message: questionOf(step, style) },
      ]);
      return answer === '' ? null : answer;
    },
    tell: (record) => {
      say(toldAfter(record, style));
    },
  };
}

interface Wanted {
  fresh?: true;
  keep?: true;
  explain?: true;
  seed: number;
  repeat: number;
  report?: string;
  ports?: 'auto';
  portOffset: number;
}

/** Runs a lab as often as asked for; each run has a folder of its own. */
async function runLabs(session: Session, name: string, wanted: Wanted): Promise<LabRecord[]> {
  const [{ loadLab }, { openEvidence }, { runLab }, { writeReports }, { readVersion }] = await Promise.all([
    import('../labs/file/shipped-labs.js'),
    import('../labs/run/evidence.js'),
    import('../labs/run/run-lab.js'),
    import('./lab-reports.js'),
    import('../version.js'),
  ]);
  const lab = loadLab(name);
  const folder = wanted.report === undefined ? runsFolder(session.io.env) : resolve(wanted.report);
  const explainer = wanted.explain === true ? await explainerFor(session) : undefined;
  // What it tells and asks takes the place of the steps' own lines, and nothing may move under a question.
  const quiet =
    (emit: Emit): Emit =>
    (event) => {
      if (explainer === undefined || event.type === 'note') emit(event);
    };
  const records: LabRecord[] = [];
  await changeStack(session, 'lab run', async (operation) => {
    for (let round = 1; round <= wanted.repeat; round += 1) {
      const at = session.clock.date().toISOString().replace(/[:.]/g, '-');
      await using evidence = await openEvidence(join(folder, `${lab.name}-${at}`));
      if (wanted.repeat > 1)
        session.emit({ type: 'note', severity: 'info', message: `Run ${round} of ${wanted.repeat}` });
      const record = await runLab(
        { ...operation, emit: quiet(operation.emit) },
        {
          lab,
          stack: session.stackName,
          ports: portChoice(wanted),
          fresh: wanted.fresh === true,
          keep: wanted.keep === true && round === wanted.repeat,
          seed: wanted.seed,
          evidence,
          version: readVersion(),
          explainer,
        },
      );
      await writeReports(evidence.folder, record);
      records.push(record);
    }
  });
  return records;
}

export const labRunCommand = (run: Run) =>
  command(
    'run',
    'run a lab and print its report; exit code 3 when an assertion fails, 7 when it is undecided',
  )
    .argument('<name|file>', 'a lab that ships with halab, or a YAML file')
    .addOption(portOffsetOption())
    .addOption(portsOption())
    .option('--fresh', 'replace the stack and its data, also when a user made it')
    .option('--keep', 'leave the stack as the lab ends it; without it, a stack that the lab made is removed')
    .option('--repeat <number>', 'run it so often: median, p95 and confidence', count, 1)
    .addOption(new Option('--seed <number>', 'of what is drawn by chance').argParser(seed).default(1))
    .option('--report <folder>', 'where the evidence of each run gets a folder of its own')
    .option('--junit <file>', 'write the verdict as JUnit XML')
    .option('--explain', 'ask before each step what will happen, and show what did')
    .addHelpText(
      'after',
      examples(
        ['halab lab run failover', 'on a stack of its own, which is removed afterwards'],
        ['halab lab run failover --keep', 'look at the stack afterwards'],
        ['halab lab run ./mine.yaml --repeat 20', 'median, p95 and confidence of 20 runs'],
        ['halab lab run failover --stack ci --ports auto --junit lab.xml', 'beside other stacks, for CI'],
      ),
    )
    .action((name, options) =>
      run(options, async (session) => {
        const records = await runLabs(session, name, options);
        const [{ renderLabRun, renderSeries }, { loadLab }, { summariseRuns }] = await Promise.all([
          import('../ui/render-lab.js'),
          import('../labs/file/shipped-labs.js'),
          import('../labs/run/series.js'),
        ]);
        const { writeJunit, writeReports } = await import('./lab-reports.js');
        if (options.junit !== undefined) await writeJunit(options.junit, records);
        const [only] = records;
        if (records.length === 1 && only !== undefined) {
          const { timeline, source, ...data } = only;
          return { data, text: (style) => renderLabRun(only, style), exitCode: exitCodeOf[only.verdict] };
        }
        const series = summariseRuns(loadLab(name), records, options.seed);
        const last = records.at(-1);
        if (last?.evidence != null) await writeReports(last.evidence, last, series);
        const runs = series.runs.map(({ timeline, source, ...each }) => each);
        return {
          data: { ...series, runs },
          text: (style) => renderSeries(series, style),
          exitCode: exitCodeOf[series.verdict],
        };
      }),
    );
