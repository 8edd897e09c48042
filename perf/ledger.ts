// What it costs to record a write before it is sent and after it ended, on disk and in memory: operations a second, and memory.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ledger } from '../src/measure/ledger.js';
import { openLedgerFile } from '../src/measure/ledger-file.js';
import { memoryStore } from '../src/measure/ledger-store.js';
import { RunKeys } from '../src/measure/run-keys.js';
import { judgeWrites } from '../src/measure/verdict.js';
import { readOptions, report, say, table } from './support/report.js';
import { type Summary, summarise } from './support/statistics.js';

const options = readOptions(5);
const operations = 200_000;
const clients = 8;
/** What a run of ten minutes does at 2,000 writes a second: three times the load of the main lab. */
const longRun = 1_200_000;

/** Each client has one operation in flight, as in a load. */
function record(ledger: Ledger, count: number, onEach: (index: number) => void = () => undefined): number {
  const startMs = performance.now();
  for (let index = 0; index < count; index += 1) {
    const client = index % clients;
    const write = {
      clientId: `proxy${client}`,
      path: 'proxy' as const,
      key: `lab-perf-proxy${client}-${Math.floor(index / clients)}`,
    };
    const entry = ledger.invoke(write, index / 10);
    ledger.complete(entry, { outcome: 'acknowledged', atMs: index / 10 + 0.5 });
    onEach(index);
  }
  return (count / (performance.now() - startMs)) * 1000;
}

const usedMegabytes = (): number => {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 ** 2;
};

const folder = mkdtempSync(join(tmpdir(), 'halab-perf-ledger-'));
try {
  await report(options, async () => {
    const onDisk: number[] = [];
    const inMemory: number[] = [];
    for (let round = 0; round < options.runs; round += 1) {
      const sides = [
        () => {
          using file = openLedgerFile(join(folder, `round-${round}.jsonl`));
          onDisk.push(record(new Ledger(undefined, file), operations));
        },
        () => {
          inMemory.push(record(new Ledger(undefined, memoryStore()), operations));
        },
      ];
      for (const side of round % 2 === 0 ? sides : sides.reverse()) side();
      say(
        `round ${round + 1}: on disk ${onDisk.at(-1)?.toFixed(0)}/s, in memory ${inMemory.at(-1)?.toFixed(0)}/s`,
      );
    }

    const path = join(folder, 'long.jsonl');
    using file = openLedgerFile(path);
    const ledger = new Ledger(undefined, file);
    const before = usedMegabytes();
    const memory: number[] = [];
    record(ledger, longRun, (index) => {
      if ((index + 1) % (longRun / 10) === 0) memory.push(usedMegabytes() - before);
    });
    const keys = new RunKeys();
    for (let index = 0; index < longRun; index += 1)
      keys.add(`lab-perf-proxy${index % clients}-${Math.floor(index / clients)}`);
    const startMs = performance.now();
    const verdict = await judgeWrites(ledger.entries(), keys);
    const judgedMs = performance.now() - startMs;
    const afterVerdict = usedMegabytes() - before;
    const result = {
      benchmark: 'ledger',
      onDiskPerSecond: summarise(onDisk),
      inMemoryPerSecond: summarise(inMemory),
      longRun: {
        writes: longRun,
        megabytes: memory,
        megabytesAfterVerdict: afterVerdict,
        judgedMs,
        fileBytes: statSync(path).size,
        lost: verdict.lost,
      },
    };
    const row = (name: string, { min, median, max, count }: Summary): string[] => [
      name,
      ...[min, median, max, count].map((value) => value.toFixed(0)),
    ];
    const text = [
      table(
        [`operations a second, ${operations} each`, 'min', 'median', 'max', 'runs'],
        [row('ledger on disk', result.onDiskPerSecond), row('in memory', result.inMemoryPerSecond)],
      ),
      `a run of ${longRun} writes: memory grew by ${memory.map((megabytes) => megabytes.toFixed(1)).join(', ')} MB after each tenth of them,`,
      `${afterVerdict.toFixed(1)} MB after the verdict; ${(result.longRun.fileBytes / 1024 ** 2).toFixed(0)} MB on disk, judged in ${(judgedMs / 1000).toFixed(1)} s, lost: ${verdict.lost ?? 'unknown'}`,
    ].join('\n');
    return { result, text };
  });
} finally {
  rmSync(folder, { recursive: true });
}
