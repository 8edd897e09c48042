// How long `halab up` takes, against a shell script of `docker run`s that ends with the same stack.
import { randomBytes } from 'node:crypto';
import { execa } from 'execa';
import { baseline, ensureImages, removeStack, retireStack, timeHalab } from './support/halab.js';
import { readOptions, report, say, table } from './support/report.js';
import { summarise } from './support/statistics.js';

const options = readOptions(5);
const series = `perf-up-${randomBytes(3).toString('hex')}`;
const stacks: string[] = [];
const scripts: string[] = [];

async function upByHalab(): Promise<number> {
  const stack = `${series}-${stacks.length}`;
  stacks.push(stack);
  const wallMs = await timeHalab(['up', '--stack', stack, '--ports', 'auto']);
  await retireStack(`halab.stack=${stack}`);
  return wallMs;
}

async function upByScript(images: Record<string, string>): Promise<number> {
  const name = `${series}-script-${scripts.length}`;
  scripts.push(name);
  const startMs = performance.now();
  await execa(baseline('up.sh'), [name], { env: images });
  const wallMs = performance.now() - startMs;
  await retireStack(`perf.run=${name}`);
  return wallMs;
}

const { images } = await ensureImages();
const imageVariables = Object.fromEntries(
  images.map(({ kind, tag }) => [`${kind.toUpperCase()}_IMAGE`, tag]),
);
try {
  await report(options, async () => {
    const halab: number[] = [];
    const script: number[] = [];
    // The first pair warms the page cache and is not counted. Then which side begins changes from pair to pair.
    for (let pair = 0; pair <= options.runs; pair += 1) {
      const sides = [
        async () => halab.push(await upByHalab()),
        async () => script.push(await upByScript(imageVariables)),
      ];
      for (const side of pair % 2 === 0 ? sides : sides.reverse()) await side();
      say(
        `${pair === 0 ? 'warm-up' : `pair ${pair}`}: halab up ${halab.at(-1)?.toFixed(0)} ms, script ${script.at(-1)?.toFixed(0)} ms`,
      );
    }
    const result = {
      benchmark: 'up',
      halabMs: { ...summarise(halab.slice(1)), values: halab.slice(1) },
      scriptMs: { ...summarise(script.slice(1)), values: script.slice(1) },
    };
    const ratio = result.halabMs.median / result.scriptMs.median;
    const row = (name: string, { min, median, max }: typeof result.halabMs): string[] => [
      name,
      ...[min, median, max].map((value) => value.toFixed(0)),
    ];
    const text = [
      table(
        ['ms until a write was replicated', 'min', 'median', 'max'],
        [row('halab up', result.halabMs), row('docker run script', result.scriptMs)],
      ),
      `ratio of the medians: ${ratio.toFixed(2)} (${options.runs} pairs)`,
    ].join('\n');
    return { result: { ...result, ratio }, text };
  });
} finally {
  // Not earlier: ext4 passes over the inodes that were freed in the last five minutes one by one when it makes a
  // file, so a stack that is made right after another was removed takes several times as long.
  for (const stack of stacks) await removeStack(stack);
  for (const name of scripts) await execa(baseline('remove.sh'), [name]);
}
