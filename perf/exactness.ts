// How true the outage of the main lab is: what it says of the writes through its proxy, beside what two writers saw that are
// processes of their own and know nothing of halab. How far these two are from each other is what no observer can beat.
import { randomBytes } from 'node:crypto';
import { forkWriter } from './support/fork-writer.js';
import { askHalab, ensureImages, removeStack, retireStack, timeHalab } from './support/halab.js';
import { readOptions, report, say, table } from './support/report.js';
import { summarise } from './support/statistics.js';

/** What this benchmark reads of the lab's report. */
interface LabReport {
  whole: { outage: { byPath: { proxy?: { outageMs: number } } } };
}

/** The same outage in milliseconds, by three observers. */
interface Round {
  lab: number;
  first: number;
  second: number;
}

const options = readOptions(10);
const series = `perf-exactness-${randomBytes(3).toString('hex')}`;
const stacks: string[] = [];

async function observe(): Promise<Round> {
  const stack = `${series}-${stacks.length}`;
  stacks.push(stack);
  await timeHalab(['up', '--stack', stack, '--ports', 'auto']);
  const { writeUrl } = (await askHalab(['env', '--stack', stack])) as { writeUrl: string };
  using one = await forkWriter(writeUrl, `${stack}-first`);
  using other = await forkWriter(writeUrl, `${stack}-second`);
  // 3 and 7: an assertion of the lab failed or is undecided. The outage is what is measured here.
  const answer = await askHalab(['lab', 'run', 'failover', '--stack', stack, '--ports', 'auto'], [0, 3, 7]);
  const lab = (answer as LabReport).whole.outage.byPath.proxy?.outageMs;
  if (lab === undefined) throw new Error('The lab saw no write through the proxy.');
  const [first, second] = await Promise.all([one.stop(), other.stop()]);
  await retireStack(`halab.stack=${stack}`);
  return { lab, first, second };
}

const pairs = [
  { name: 'lab and first writer', apart: ({ lab, first }: Round) => [lab, first] },
  { name: 'lab and second writer', apart: ({ lab, second }: Round) => [lab, second] },
  { name: 'second and first writer', apart: ({ second, first }: Round) => [second, first] },
] as const;

await ensureImages();
try {
  await report(options, async () => {
    const rounds: Round[] = [];
    for (let round = 1; round <= options.runs; round += 1) {
      const { lab, first, second } = await observe();
      rounds.push({ lab, first, second });
      say(
        `round ${round}: lab ${lab.toFixed(0)} ms, first writer ${first.toFixed(0)} ms, second writer ${second.toFixed(0)} ms`,
      );
    }
    const compared = pairs.map(({ name, apart }) => {
      const both = rounds.map(apart);
      const close = both.filter(
        ([own = 0, other = 0]) => Math.abs(own - other) <= Math.max(20, 0.05 * other),
      );
      return {
        name,
        apartMs: summarise(both.map(([own = 0, other = 0]) => own - other)),
        close: close.length,
      };
    });
    const text = table(
      ['apart in ms', 'min', 'median', 'max', 'runs', 'within 20 ms or 5 %'],
      compared.map(({ name, apartMs: { min, median, max, count }, close }) => [
        name,
        ...[min, median, max, count, close].map((value) => value.toFixed(0)),
      ]),
    );
    // What `halab lab run --repeat` tells is a median, too.
    const medians = Object.fromEntries(
      (['lab', 'first', 'second'] as const).map((observer) => [
        observer,
        summarise(rounds.map((round) => round[observer])).median,
      ]),
    );
    const ofRuns = `median of the runs in ms: ${Object.entries(medians)
      .map(([observer, ms]) => `${observer} ${ms.toFixed(0)}`)
      .join(', ')}`;
    return { result: { benchmark: 'exactness', compared, medians, rounds }, text: `${text}\n${ofRuns}` };
  });
} finally {
  // At the end, for the reason given in up.ts.
  for (const stack of stacks) await removeStack(stack);
}
