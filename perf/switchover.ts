// The pause of a planned swap of primary and replica under load, and what became of every write meanwhile: through the
// bare proxy, through PgBouncer before it, and through the API. Beside it the same swap by a failover with --force, on the same stack.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { systemClock } from '../src/clock/clock.js';
import { readRunKeys } from '../src/measure/final-read.js';
import { judgeLedger } from '../src/measure/judge-ledger.js';
import { startLoad } from '../src/measure/load.js';
import { noClients } from '../src/measure/load-options.js';
import type { WriteCounts } from '../src/measure/write-entry.js';
import { askHalab, ensureImages, removeStack } from './support/halab.js';
import { readOptions, report, say, table } from './support/report.js';
import { summarise } from './support/statistics.js';

interface Phase {
  name: string;
  startMs: number;
  durationMs: number;
}

interface Side {
  /** Of each swap, in milliseconds: as halab says, and the longest time in which no writer had an answer. */
  pauses: number[];
  felt: number[];
  writes: WriteCounts;
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
  { path, writeUrl, apiUrl }: { path: 'proxy' | 'api'; writeUrl: string; apiUrl: string },
): Promise<Side> {
  const runId = randomBytes(6).toString('hex');
  const load = await startLoad({
    writeUrl,
    apiUrl,
    runId,
    clock: systemClock,
    groups: {
      proxyWriters: path === 'proxy' ? writers : noClients,
      apiWriters: path === 'api' ? writers : noClients,
      readers: noClients,
    },
    httpTimeoutMs: 20_000,
  });
  const pauses: number[] = [];
  const felt: number[] = [];
  for (let swaps = 0; swaps < options.runs; swaps += 1) {
    const watch = load.watch();
    await sleep(500);
    watch.markFault();
    pauses.push(await swap());
    felt.push(watch.end().outage.writeMs ?? 0);
  }
  await sleep(500);
  await load.stop();
  const ledger = await judgeLedger(load.ledger, await readRunKeys({ url: writeUrl, runId }));
  return { pauses, felt, writes: ledger.byPath[path], lost: ledger.lost };
}

await ensureImages();
try {
  await report(options, async () => {
    await askHalab(['up', '--pooler', '--ports', 'auto', ...onStack]);
    const { writeUrl, poolerUrl } = (await askHalab(['env', ...onStack])) as {
      writeUrl: string;
      poolerUrl: string;
    };
    const serve = ['bin/halab.js', 'serve', '--port', '0', '--write-wait', '10s', '--json', ...onStack];
    const api = execa(process.execPath, serve, { reject: false, stdin: 'ignore' });
    try {
      const first = await new Promise<string>((resolve) => {
        api.stdout.once('data', (chunk: Buffer) => {
          resolve(chunk.toString());
        });
      });
      const { apiUrl } = JSON.parse(first) as { apiUrl: string };
      const sides: Record<string, Side> = {};
      const run = async (
        name: string,
        swap: () => Promise<number>,
        path: 'proxy' | 'api',
        url = writeUrl,
      ): Promise<void> => {
        const side = await measureSide(swap, { path, writeUrl: url, apiUrl });
        sides[name] = side;
        say(`${name}: ${side.felt.map((pause) => pause.toFixed(0)).join(', ')} ms`);
      };
      await run('switchover, through the pooler', bySwitchover, 'proxy', poolerUrl);
      await run('switchover, through the API', bySwitchover, 'api');
      await run('switchover, through the bare proxy', bySwitchover, 'proxy');
      await run('failover --force, through the bare proxy', byFailover, 'proxy');
      const result = { benchmark: 'switchover', runs: sides };
      const text = table(
        [
          '8 writers; pause they felt, in ms',
          'min',
          'median',
          'max',
          'by halab',
          'swaps',
          'acknowledged',
          'failed',
          'in doubt',
          'lost',
        ],
        Object.entries(sides).map(([name, { pauses, felt, writes, lost }]) => {
          const { min, median, max, count } = summarise(felt);
          const { acknowledged, failed, indeterminate } = writes;
          return [
            name,
            ...[min, median, max, summarise(pauses).median, count].map((value) => value.toFixed(0)),
            ...[acknowledged, failed, indeterminate, lost ?? '-'].map(String),
          ];
        }),
      );
      return { result, text };
    } finally {
      api.kill('SIGTERM');
      await api;
    }
  });
} finally {
  await removeStack(stack);
}
