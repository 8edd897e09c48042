// What an idle stack holds in memory, container by container.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { ensureImages, removeStack, timeHalab } from './support/halab.js';
import { readOptions, report, say, table } from './support/report.js';

const options = readOptions(1);
const stack = `perf-memory-${randomBytes(3).toString('hex')}`;
/** A server that has just started still gives memory back and writes its first checkpoint. */
const settleMs = 15_000;

interface Memory {
  processes: number;
  /** Sum of the resident sizes: a page that several processes share is counted in each. */
  rssBytes: number;
  /** Sum of the proportional sizes: a shared page is divided by those who share it. */
  pssBytes: number;
}

async function memoryOf(container: string): Promise<Memory> {
  const { stdout } = await execa('docker', ['top', container, '-eo', 'pid']);
  const pids = stdout.split('\n').slice(1);
  const sizes = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid.trim()}/smaps_rollup`, 'utf8');
      const bytes = (field: string): number =>
        Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
      return { rss: bytes('Rss'), pss: bytes('Pss') };
    }),
  );
  return {
    processes: pids.length,
    rssBytes: sizes.reduce((sum, { rss }) => sum + rss, 0),
    pssBytes: sizes.reduce((sum, { pss }) => sum + pss, 0),
  };
}

await ensureImages();
try {
  await timeHalab(['up', '--stack', stack, '--ports', 'auto']);
  say(`waiting ${settleMs / 1000} s for the servers to settle`);
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  await report(options, async () => {
    const nodes = [];
    for (const name of ['db-primary', 'db-replica', 'haproxy', 'redis']) {
      nodes.push({ name, ...(await memoryOf(`${stack}-${name}`)) });
    }
    const total = nodes.reduce(
      (sum, { processes, rssBytes, pssBytes }) => ({
        processes: sum.processes + processes,
        rssBytes: sum.rssBytes + rssBytes,
        pssBytes: sum.pssBytes + pssBytes,
      }),
      { processes: 0, rssBytes: 0, pssBytes: 0 },
    );
    const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
    const text = table(
      ['idle stack', 'processes', 'RSS, MB', 'PSS, MB'],
      [...nodes, { name: 'total', ...total }].map(({ name, processes, rssBytes, pssBytes }) => [
        name,
        String(processes),
        megabytes(rssBytes),
        megabytes(pssBytes),
      ]),
    );
    return { result: { benchmark: 'memory', nodes, total }, text };
  });
} finally {
  await removeStack(stack);
}
