// The write outage of a killed primary: the main lab of halab, alone and beside a writer that knows nothing of it, its
// command, and a shell script of the same steps beside that writer.
import { randomBytes } from 'node:crypto';
import { execa } from 'execa';
import { askHalab, baseline, ensureImages, removeStack, retireStack, timeHalab } from './support/halab.js';
import { readOptions, report, say, table } from './support/report.js';
import { type Summary, summarise } from './support/statistics.js';
import { type OutageFigures, startWriter } from './support/writer.js';

/** What this benchmark reads of the lab's report. */
interface LabReport {
  verdict: string;
  outage: { writeMs: number | null };
  ledger: { acknowledged: number; lost: number | null };
}

const options = readOptions(10);
const series = `perf-failover-${randomBytes(3).toString('hex')}`;
const stacks: string[] = [];

/** A fresh stack and a writer at work on it; `breakIt` returns when the failover is over. */
async function observe<T>(
  breakIt: (stack: string) => Promise<T>,
): Promise<{ seen: OutageFigures; result: T }> {
  const stack = `${series}-${stacks.length}`;
  stacks.push(stack);
  await timeHalab(['up', '--stack', stack, '--ports', 'auto']);
  const { writeUrl } = (await askHalab(['env', '--stack', stack])) as { writeUrl: string };
  const writer = startWriter(writeUrl, stack);
  try {
    await writer.waitForWrites(50, 20_000);
    writer.markFault();
    const result = await breakIt(stack);
    await writer.waitForWrites(20, 60_000);
    return { seen: await writer.stop(), result };
  } finally {
    await writer.stop();
    await retireStack(`halab.stack=${stack}`);
  }
}

// 3: an assertion of the lab failed. The outage is what is measured here.
const runLab = async (stack: string): Promise<LabReport> =>
  (await askHalab(['lab', 'run', 'failover', '--stack', stack, '--ports', 'auto'], [0, 3, 7])) as LabReport;

/** As a user runs it: no other clients than the lab's. Each run replaces the stack of the one before. */
const byLabAlone = async (): Promise<number> => {
  const stack = `${series}-alone`;
  if (!stacks.includes(stack)) stacks.push(stack);
  const { outage } = await runLab(stack);
  await retireStack(`halab.stack=${stack}`);
  if (outage.writeMs === null) throw new Error('The lab saw no acknowledged write after the fault.');
  return outage.writeMs;
};
const byLab = () => observe(runLab);

const byCommand = () =>
  observe(async (stack) => {
    await execa('docker', ['kill', `${stack}-db-primary`]);
    await timeHalab(['failover', '--promote', '--stack', stack]);
  });
const byScript = () =>
  observe(async (stack) => {
    await execa(baseline('failover.sh'), [stack]);
  });

await ensureImages();
try {
  await report(options, async () => {
    const lab: { seen: OutageFigures; result: LabReport }[] = [];
    const alone: number[] = [];
    const command: OutageFigures[] = [];
    const script: OutageFigures[] = [];
    for (let round = 0; round < options.runs; round += 1) {
      const sides = [
        async () => alone.push(await byLabAlone()),
        async () => lab.push(await byLab()),
        async () => command.push((await byCommand()).seen),
        async () => script.push((await byScript()).seen),
      ];
      for (const side of round % 2 === 0 ? sides : sides.reverse()) await side();
      const last = lab.at(-1);
      say(
        `round ${round + 1}: lab alone ${alone.at(-1)?.toFixed(0)} ms, lab ${last?.seen.outageMs.toFixed(0)} ms (${last?.result.verdict}), command ${command.at(-1)?.outageMs.toFixed(0)} ms, script ${script.at(-1)?.outageMs.toFixed(0)} ms`,
      );
    }
    const result = {
      benchmark: 'failover',
      halabAloneMs: summarise(alone),
      halabMs: summarise(lab.map(({ seen }) => seen.outageMs)),
      commandMs: summarise(command.map(({ outageMs }) => outageMs)),
      scriptMs: summarise(script.map(({ outageMs }) => outageMs)),
      resolutionMs: Math.max(
        ...[...lab.map(({ seen }) => seen), ...command, ...script].map(({ resolutionMs }) => resolutionMs),
      ),
      runs: { alone, lab, command, script },
    };
    const ratio = result.halabMs.median / result.scriptMs.median;
    const ratioAlone = result.halabAloneMs.median / result.scriptMs.median;
    const row = (name: string, { min, median, max, count }: Summary): string[] => [
      name,
      ...[min, median, max, count].map((value) => value.toFixed(0)),
    ];
    const text = [
      table(
        ['write outage in ms', 'min', 'median', 'max', 'runs'],
        [
          row('halab lab run failover', result.halabAloneMs),
          row('the same beside the writer', result.halabMs),
          row('docker kill; halab failover', result.commandMs),
          row('script of four steps', result.scriptMs),
        ],
      ),
      `ratio of the medians to the script: lab ${ratioAlone.toFixed(2)}, lab beside the writer ${ratio.toFixed(2)}; resolution of the writer: ${result.resolutionMs.toFixed(0)} ms`,
    ].join('\n');
    return { result: { ...result, ratio, ratioAlone }, text };
  });
} finally {
  // At the end, for the reason given in up.ts.
  for (const stack of stacks) await removeStack(stack);
}
