// What a test suite waits for: the import of the package, the start of a stack, and its removal.
import { randomBytes } from 'node:crypto';
import { execa } from 'execa';
import { startStack } from '../src/index.js';
import { ensureImages } from './support/halab.js';
import { readOptions, report, say, table } from './support/report.js';
import { summarise } from './support/statistics.js';

const options = readOptions(5);

async function time(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

const node = (script: string): Promise<unknown> =>
  execa('node', ['--input-type=module', '-e', script], { stdin: 'ignore' });

await ensureImages();
await report(options, async () => {
  const bare: number[] = [];
  const imported: number[] = [];
  const started: number[] = [];
  const removed: number[] = [];
  for (let run = 1; run <= options.runs; run += 1) {
    bare.push(await time(() => node('0')));
    imported.push(await time(() => node(`import 'halab'`)));
    const startMs = performance.now();
    const stack = await startStack({ name: `perf-library-${randomBytes(3).toString('hex')}` });
    started.push(performance.now() - startMs);
    removed.push(await time(() => stack[Symbol.asyncDispose]()));
    say(
      `run ${run}: started in ${started.at(-1)?.toFixed(0)} ms, removed in ${removed.at(-1)?.toFixed(0)} ms`,
    );
  }
  const rows = [
    { name: 'node -e 0', ms: summarise(bare) },
    { name: `import 'halab'`, ms: summarise(imported) },
    { name: 'startStack()', ms: summarise(started) },
    { name: 'its disposal', ms: summarise(removed) },
  ];
  const text = table(
    ['wall time in ms', 'min', 'median', 'max'],
    rows.map(({ name, ms }) => [name, ...[ms.min, ms.median, ms.max].map((value) => value.toFixed(0))]),
  );
  return { result: { benchmark: 'library', parts: rows }, text };
});
