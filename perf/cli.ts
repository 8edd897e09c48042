// How long the program takes to answer, against the start of Node.js itself.
import { randomBytes } from 'node:crypto';
import { execa } from 'execa';
import { ensureImages, removeStack, timeHalab } from './support/halab.js';
import { readOptions, report, say, table } from './support/report.js';
import { summarise } from './support/statistics.js';

const options = readOptions(10);
const stack = `perf-cli-${randomBytes(3).toString('hex')}`;

async function timeBareNode(): Promise<number> {
  const startMs = performance.now();
  await execa('node', ['-e', '0'], { stdin: 'ignore' });
  return performance.now() - startMs;
}

await ensureImages();
try {
  await timeHalab(['up', '--stack', stack, '--ports', 'auto']);
  await report(options, async () => {
    const sides = [
      { name: 'node -e 0', measure: timeBareNode, values: [] as number[] },
      { name: 'halab --version', measure: () => timeHalab(['--version']), values: [] as number[] },
      { name: 'halab --help', measure: () => timeHalab(['--help']), values: [] as number[] },
      {
        name: 'halab status',
        // 3: something is wrong with the stack; the time of the answer counts all the same.
        measure: () => timeHalab(['status', '--stack', stack], [0, 3]),
        values: [] as number[],
      },
      { name: 'halab env', measure: () => timeHalab(['env', '--stack', stack]), values: [] as number[] },
    ];
    // One round that is not counted warms the page cache.
    for (let round = 0; round <= options.runs; round += 1) {
      for (const { measure, values } of sides) values.push(await measure());
    }
    const rows = sides.map(({ name, values }) => ({ name, ms: summarise(values.slice(1)) }));
    const bareMs = rows[0]?.ms.median ?? Number.NaN;
    say(`${options.runs} rounds`);
    const text = table(
      ['wall time in ms', 'min', 'median', 'max', 'ratio'],
      rows.map(({ name, ms }) => [
        name,
        ...[ms.min, ms.median, ms.max].map((value) => value.toFixed(0)),
        (ms.median / bareMs).toFixed(2),
      ]),
    );
    return { result: { benchmark: 'cli', commands: rows }, text };
  });
} finally {
  await removeStack(stack);
}
