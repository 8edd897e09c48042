// The load generator as a process of its own: each connection asks again as soon as it has its answer.
//
// Usage: node --import tsx closed-load.ts URL CONNECTIONS SECONDS PRODUCTS; prints LoadFigures as JSON.
import autocannon from 'autocannon';

export interface LoadFigures {
  requestsPerSecond: number;
  requests: number;
  p50Ms: number;
  p99Ms: number;
  /** Answers other than 2xx, and requests without an answer. */
  failed: number;
  /** Of one processor. Near 1 the generator was the bottleneck, and the figures are its own. */
  generatorCpu: number;
}

const [url = '', connections, seconds, products] = process.argv.slice(2);
/** autocannon counts in whole milliseconds, as long as a whole answer takes here: so times are kept apart, in 10 µs. */
const times = new Uint32Array(200_000);

const cpuBefore = process.cpuUsage();
const startMs = performance.now();
let answers = 0;
const result = await new Promise<autocannon.Result>((resolve, reject) => {
  const options: autocannon.Options = {
    url,
    connections: Number(connections),
    duration: Number(seconds),
    requests: Array.from({ length: Number(products) }, (_, index) => ({
      method: 'GET',
      path: `/products/${index + 1}`,
    })),
  };
  const run = autocannon(options, (error: unknown, figures) => {
    if (error instanceof Error) reject(error);
    else resolve(figures);
  });
  run.on('response', (_client, _statusCode, _bytes, responseMs) => {
    const slot = Math.min(times.length - 1, Math.floor(responseMs * 100));
    times[slot] = (times[slot] ?? 0) + 1;
    answers += 1;
  });
});
const wallMs = performance.now() - startMs;
const { user, system } = process.cpuUsage(cpuBefore);

function percentileMs(share: number): number {
  let left = answers * share;
  const slot = times.findIndex((count) => (left -= count) <= 0);
  return (slot + 1) / 100;
}

const figures: LoadFigures = {
  requestsPerSecond: (result['2xx'] * 1_000) / wallMs,
  requests: answers,
  p50Ms: percentileMs(0.5),
  p99Ms: percentileMs(0.99),
  failed: result.non2xx + result.errors,
  generatorCpu: (user + system) / 1_000 / wallMs,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
