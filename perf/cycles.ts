// Kill, failover, rejoin, again and again under one load with synchronous replication: what every client felt, what became
// of every write, and what was left behind.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { Client } from 'pg';
import { systemClock } from '../src/clock/clock.js';
import { readRunKeys } from '../src/measure/final-read.js';
import { judgeLedger } from '../src/measure/judge-ledger.js';
import { startLoad } from '../src/measure/load.js';
import { noClients } from '../src/measure/load-options.js';
import { askHalab, ensureImages, removeStack } from './support/halab.js';
import { readOptions, report, say, table } from './support/report.js';
import { type Summary, summarise } from './support/statistics.js';

interface Status {
  healthy: boolean;
  proxy: { writesTo: string };
  nodes: { name: string; replication: { syncState: string | null } | null }[];
}

interface Cycle {
  /** The longest time in which no writer had an answer. */
  outageMs: number;
  /** Wall time of the commands. */
  failoverMs: number;
  rejoinMs: number;
  method: string;
}

const options = readOptions(100);
const stack = `perf-cycles-${randomBytes(3).toString('hex')}`;
const onStack = ['--stack', stack];

/** Until the stack is whole, and its writes wait for the replica again. */
async function untilWhole(): Promise<Status> {
  for (let looks = 0; looks < 100; looks += 1) {
    const status = (await askHalab(['status', ...onStack], [0, 3])) as Status;
    if (status.healthy && status.nodes.some(({ replication }) => replication?.syncState === 'quorum'))
      return status;
    await sleep(100);
  }
  throw new Error('The stack is not whole again within 100 looks.');
}

/** Asks both servers at one moment, again and again, whether they take writes. */
function watchPrimaries(urls: readonly string[]): {
  stop: () => Promise<{ looks: number; twoPrimaries: number }>;
} {
  const counts = { looks: 0, twoPrimaries: 0 };
  const stopping = new AbortController();
  const isPrimary = async (url: string): Promise<boolean> => {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 500, query_timeout: 500 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ recovery: boolean }>('SELECT pg_is_in_recovery() AS recovery');
      return rows[0]?.recovery === false;
    } catch {
      return false; // Who does not answer takes no write.
    } finally {
      void client.end().catch(() => undefined);
    }
  };
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      const answers = await Promise.all(urls.map(isPrimary));
      counts.looks += 1;
      if (answers.filter(Boolean).length > 1) counts.twoPrimaries += 1;
      await sleep(100);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await watching;
      return counts;
    },
  };
}

/** What a stack consists of, as the engine and the servers see it: the same at the beginning and at the end. */
async function countParts(url: string): Promise<Record<string, number>> {
  const lines = async (words: readonly string[]): Promise<number> =>
    (await execa('docker', words)).stdout.split('\n').filter((line) => line !== '').length;
  const filter = ['--filter', `label=halab.stack=${stack}`, '-q'];
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ slots: number }>(
    'SELECT (SELECT count(*)::int FROM pg_replication_slots) AS slots',
  );
  await client.end();
  return {
    containers: await lines(['ps', '-a', ...filter]),
    volumes: await lines(['volume', 'ls', ...filter]),
    networks: await lines(['network', 'ls', ...filter]),
    'replication slots': rows[0]?.slots ?? 0,
    'HAProxy processes': await lines(['exec', `${stack}-haproxy`, 'sh', '-c', 'ls -d /proc/[0-9]*/exe']),
  };
}

const timed = async (words: readonly string[]): Promise<{ wallMs: number; data: unknown }> => {
  const startMs = performance.now();
  const data = await askHalab([...words, ...onStack]);
  return { wallMs: performance.now() - startMs, data };
};

await ensureImages();
try {
  await report(options, async () => {
    await askHalab(['up', '--sync', 'on', '--ports', 'auto', ...onStack]);
    const { writeUrl, apiUrl, nodes } = (await askHalab(['env', ...onStack])) as {
      writeUrl: string;
      apiUrl: string;
      nodes: Record<string, string>;
    };
    await untilWhole();
    const before = await countParts(writeUrl);
    const runId = randomBytes(6).toString('hex');
    const load = await startLoad({
      writeUrl,
      apiUrl,
      runId,
      clock: systemClock,
      groups: {
        proxyWriters: { clients: 8, intervalMs: 20 },
        apiWriters: noClients,
        readers: noClients,
      },
    });
    const primaries = watchPrimaries(
      Object.entries(nodes).flatMap(([name, url]) => (name.startsWith('db-') ? [url] : [])),
    );
    const cycles: Cycle[] = [];
    for (let cycle = 0; cycle < options.runs; cycle += 1) {
      const watch = load.watch();
      const { proxy } = await untilWhole();
      await sleep(200);
      watch.markFault();
      await execa('docker', ['kill', `${stack}-${proxy.writesTo}`]);
      const failover = await timed(['failover', '--promote']);
      const { outage } = watch.end();
      const rejoin = await timed(['rejoin', proxy.writesTo, '--yes']);
      const { method } = rejoin.data as { method: string };
      cycles.push({
        outageMs: outage.writeMs ?? 0,
        failoverMs: failover.wallMs,
        rejoinMs: rejoin.wallMs,
        method,
      });
      if ((cycle + 1) % 10 === 0)
        say(`${cycle + 1} cycles, ${load.ledger.counts().acknowledged} writes acknowledged`);
    }
    await untilWhole();
    await sleep(500);
    await load.stop();
    const { looks, twoPrimaries } = await primaries.stop();
    const ledger = await judgeLedger(load.ledger, await readRunKeys({ url: writeUrl, runId }));
    const after = await countParts(writeUrl);
    const result = {
      benchmark: 'cycles',
      outageMs: summarise(cycles.map(({ outageMs }) => outageMs)),
      failoverMs: summarise(cycles.map(({ failoverMs }) => failoverMs)),
      rejoinMs: Object.fromEntries(
        [...new Set(cycles.map(({ method }) => method))].map((method) => [
          method,
          summarise(cycles.filter((each) => each.method === method).map(({ rejoinMs }) => rejoinMs)),
        ]),
      ),
      ledger,
      primaries: { looks, twoPrimaries },
      parts: { before, after },
    };
    const row = (name: string, { min, median, max, count }: Summary): string[] => [
      name,
      ...[min, median, max, count].map((value) => value.toFixed(0)),
    ];
    const text = [
      table(
        [`${options.runs} cycles, 8 writers, --sync on; in ms`, 'min', 'median', 'max', 'runs'],
        [
          row('write outage, as the writers felt it', result.outageMs),
          row('halab failover --promote', result.failoverMs),
          ...Object.entries(result.rejoinMs).map(([method, ms]) => row(`halab rejoin, by ${method}`, ms)),
        ],
      ),
      table(
        ['writes', 'acknowledged', 'failed', 'in doubt', 'lost', 'failed, yet there'],
        [
          [
            '',
            ledger.acknowledged,
            ledger.failed,
            ledger.indeterminate,
            ledger.lost ?? '-',
            ledger.failedYetPresent ?? '-',
          ].map(String),
        ],
      ),
      `two primaries at one moment: ${twoPrimaries} of ${looks} looks`,
      table(
        ['left behind', 'before', 'after'],
        Object.entries(before).map(([part, count]) => [part, String(count), String(after[part] ?? '-')]),
      ),
    ].join('\n\n');
    return { result, text };
  });
} finally {
  await removeStack(stack);
}
