// The pause of a planned swap of primary and replica under load, and what became of every write meanwhile: through the
// bare proxy and through the API. Beside it the same swap by a failover with --force, on the same stack.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { systemClock } from '../src/clock/clock.js';
import { readRunKeys } from '../src/measure/final-read.js';
import type { WriteCounts } from '../src/measure/ledger.js';
import { startLoad } from '../src/measure/load.js';
import { measure } from '../src/measure/measurement.js';
import { askHalab, ensureImages, removeStack } from './support/halab.js';
import { readOptions, report, say, table } from './support/report.js';
import { type Summary, summarise } from './support/statistics.js';

interface Phase {
  name: string;
  startMs: number;
  durationMs: number;
}

interface Side {
  /** Of each swap, in milliseconds. */
  pauses: number[];
  byPath: Record<'proxy' | 'api', WriteCounts>;
  lost: number | null;
}

const options = readOptions(10);
const stack = `perf-switchover-${randomBytes(3).toString('hex')}`;
const onStack = ['--stack', stack];
const writers = { clients: 8, intervalMs: 20 };

const bySwitchover = async (): Promise<number> =>
  ((await askHalab(['switchover', ...onStack])) as { pauseMs: number }).pauseMs;

/** From the stop of the old primary to the verified write. */
async function byFailover(): Promise<number> {
  const { fenced, phases } = (await askHalab(['failover', '--promote', '--force', ...onStack])) as {
    fenced: string[];
    phases: Phase[];
  };
  await askHalab(['rejoin', fenced[0] ?? '', '--yes', ...onStack]);
  const stop = phases.find(({ name }) => name === 'stop old primary');
  const verify = phases.find(({ name }) => name === 'verify');
  if (stop === undefined || verify === undefined) throw new Error('The failover reported no phases.');
  return verify.startMs + verify.durationMs - stop.startMs;
}

/** Swaps the roles again and again under one load, and holds its ledger against the database. */
async function measureSide(
  swap: () => Promise<number>,
  urls: { writeUrl: string; apiUrl: string },
): Promise<Side> {
  const runId = randomBytes(6).toString('hex');
  const load = await startLoad({
    ...urls,
    runId,
    clock: systemClock,
    proxyWriters: writers,
    apiWriters: writers,
    readers: { clients: 0, intervalMs: 10 },
    httpTimeoutMs: 20_000,
  });
  const pauses: number[] = [];
  const fromMs = systemClock.nowMs();
  for (let swaps = 0; swaps < options.runs; swaps += 1) {
    await sleep(500);
    pauses.push(await swap());
  }
  await sleep(500);
  const untilMs = systemClock.nowMs();
  await load.stop();
  const foundKeys = await readRunKeys({ url: urls.writeUrl, runId });
  const { ledger } = measure({ load, observation: { fromMs, faultMs: fromMs, untilMs }, foundKeys });
  return { pauses, byPath: ledger.byPath, lost: ledger.lost };
}

await ensureImages();
try {
  await report(options, async () => {
    await askHalab(['up', '--ports', 'auto', ...onStack]);
    const { writeUrl } = (await askHalab(['env', ...onStack])) as { writeUrl: string };
    const serve = ['bin/halab.js', 'serve', '--port', '0', '--write-wait', '10s', '--json', ...onStack];
    const api = execa(process.execPath, serve, { reject: false, stdin: 'ignore' });
    try {
      const first = await new Promise<string>((resolve) => {
        api.stdout.once('data', (chunk: Buffer) => {
          resolve(chunk.toString());
        });
      });
      const { apiUrl } = JSON.parse(first) as { apiUrl: string };
      const switchover = await measureSide(bySwitchover, { writeUrl, apiUrl });
      say(`switchover: ${switchover.pauses.map((pause) => pause.toFixed(0)).join(', ')} ms`);
      const failover = await measureSide(byFailover, { writeUrl, apiUrl });
      say(`failover --force: ${failover.pauses.map((pause) => pause.toFixed(0)).join(', ')} ms`);
      const result = {
        benchmark: 'switchover',
        switchoverMs: summarise(switchover.pauses),
        failoverMs: summarise(failover.pauses),
        runs: { switchover, failover },
      };
      const row = (name: string, { min, median, max, count }: Summary): string[] => [
        name,
        ...[min, median, max, count].map((value) => value.toFixed(0)),
      ];
      const writes = (name: string, { byPath, lost }: Side): string[][] =>
        (['proxy', 'api'] as const).map((path) => {
          const { acknowledged, failed, indeterminate } = byPath[path];
          return [`${name}, ${path}`, ...[acknowledged, failed, indeterminate, lost ?? '-'].map(String)];
        });
      const text = [
        table(
          ['pause of writes in ms', 'min', 'median', 'max', 'swaps'],
          [row('halab switchover', result.switchoverMs), row('halab failover --force', result.failoverMs)],
        ),
        table(
          ['writes of 8 clients each', 'acknowledged', 'failed', 'in doubt', 'lost (both paths)'],
          [...writes('switchover', switchover), ...writes('failover --force', failover)],
        ),
      ].join('\n\n');
      return { result, text };
    } finally {
      api.kill('SIGTERM');
      await api;
    }
  });
} finally {
  await removeStack(stack);
}
