// The read of one product: from the cache against a bare node:http server and against the least that reads from Redis,
// with the cache against without it, and without it against pgbench.
import { randomBytes } from 'node:crypto';
import { execa } from 'execa';
import type { LoadFigures } from './support/closed-load.js';
import { askHalab, ensureImages, removeStack, timeHalab } from './support/halab.js';
import { load, type Server, startApi, startBareServer, startMinimalCache } from './support/http-load.js';
import { pgbench } from './support/pgbench.js';
import { readOptions, report, say, table } from './support/report.js';
import { summarise } from './support/statistics.js';

const options = readOptions(5);
const stack = `perf-api-${randomBytes(3).toString('hex')}`;

const products = 100;
const warmUp = { connections: 32, seconds: 3, products };
const crowd = { connections: 32, seconds: 8, products };
/** As many as the API has connections to a server. */
const poolSized = { connections: 10, seconds: 8, products };
/** From here on the generator has nothing left, and what it reports is its own limit. */
const busyGeneratorCpu = 0.95;

/** Reads of the table on the replica, by index or not, since the server started. */
async function tableReads(): Promise<number> {
  const ask = async (query: string): Promise<number> => {
    const psql = ['exec', `${stack}-db-replica`, 'psql', '-XqAt', '--dbname', 'shop', '--command', query];
    return Number((await execa('docker', psql)).stdout);
  };
  // A session hands over its counts when it ends, at the latest.
  const deadlineMs = performance.now() + 10_000;
  while (
    (await ask("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'halab-api%'")) > 0 &&
    performance.now() < deadlineMs
  );
  return await ask("SELECT seq_scan + idx_scan FROM pg_stat_user_tables WHERE relname = 'products'");
}

/** Runs the API while `work` is at it. @returns what `work` returned, and the queries it caused for each request */
async function withApi(
  words: readonly string[],
  work: (api: Server) => Promise<LoadFigures[]>,
): Promise<{ figures: LoadFigures[]; queriesPerRequest: number }> {
  const before = await tableReads();
  const api = await startApi(stack, words);
  const warm = await load(api.url, warmUp);
  const figures = await work(api).finally(() => api.stop());
  const requests = [warm, ...figures].reduce((sum, part) => sum + part.requests, 0);
  return { figures, queriesPerRequest: ((await tableReads()) - before) / requests };
}

interface Round {
  bare: LoadFigures;
  minimal: LoadFigures;
  cached: LoadFigures;
  uncached: LoadFigures;
  uncachedPoolSized: LoadFigures;
  pgbenchPerSecond: number;
  queriesPerRequest: { cached: number; uncached: number };
}

interface Urls {
  readUrl: string;
  redisUrl: string;
}

/** `forward`: the order of the sides of each pair. */
async function measureRound(image: string, urls: Urls, forward: boolean): Promise<Round> {
  const inOrder = async <A, B>(first: () => Promise<A>, second: () => Promise<B>): Promise<[A, B]> => {
    if (forward) return [await first(), await second()];
    const later = await second();
    return [await first(), later];
  };

  let bare: LoadFigures | undefined;
  let minimal: LoadFigures | undefined;
  const withCache = await withApi([], async (api) => {
    const server = await startBareServer(`${api.url}/products/1`);
    const least = await startMinimalCache(urls.redisUrl);
    try {
      await load(server.url, warmUp);
      // The values that the API's warm-up has cached live longer than this.
      await load(least.url, warmUp);
      minimal = await load(least.url, crowd);
      const [ofBare, cached] = await inOrder(
        () => load(server.url, crowd),
        () => load(api.url, crowd),
      );
      bare = ofBare;
      return [cached];
    } finally {
      await Promise.all([server.stop(), least.stop()]);
    }
  });
  let pgbenchPerSecond = Number.NaN;
  const without = await withApi(['--no-cache'], async (api) => {
    const uncached = await load(api.url, crowd);
    const [perSecond, sized] = await inOrder(
      () => pgbench(image, urls.readUrl, poolSized),
      () => load(api.url, poolSized),
    );
    pgbenchPerSecond = perSecond;
    return [uncached, sized];
  });
  const [cached] = withCache.figures;
  const [uncached, uncachedPoolSized] = without.figures;
  if (
    bare === undefined ||
    minimal === undefined ||
    cached === undefined ||
    uncached === undefined ||
    uncachedPoolSized === undefined
  ) {
    throw new Error('A side was not measured.');
  }
  return {
    bare,
    minimal,
    cached,
    uncached,
    uncachedPoolSized,
    pgbenchPerSecond,
    queriesPerRequest: { cached: withCache.queriesPerRequest, uncached: without.queriesPerRequest },
  };
}

const { images } = await ensureImages();
const image = images.find(({ kind }) => kind === 'postgres')?.tag;
if (image === undefined) throw new Error('There is no image of PostgreSQL.');
try {
  await timeHalab(['up', '--stack', stack, '--ports', 'auto']);
  const urls = (await askHalab(['env', '--stack', stack])) as Urls;
  await report(options, async () => {
    const rounds: Round[] = [];
    for (let round = 0; round < options.runs; round += 1) {
      const figures = await measureRound(image, urls, round % 2 === 0);
      rounds.push(figures);
      const rate = ({ requestsPerSecond }: LoadFigures): string => requestsPerSecond.toFixed(0);
      say(
        `round ${round + 1}: bare ${rate(figures.bare)}/s, minimal ${rate(figures.minimal)}/s, cached ${rate(figures.cached)}/s, uncached ${rate(figures.uncached)}/s, at 10 connections ${rate(figures.uncachedPoolSized)}/s, pgbench ${figures.pgbenchPerSecond.toFixed(0)}/s`,
      );
    }
    const side = (name: string, of: (round: Round) => LoadFigures) => {
      const figures = rounds.map(of);
      return {
        name,
        requestsPerSecond: summarise(figures.map((one) => one.requestsPerSecond)),
        p50Ms: summarise(figures.map((one) => one.p50Ms)),
        p99Ms: summarise(figures.map((one) => one.p99Ms)),
        failed: figures.reduce((sum, { failed }) => sum + failed, 0),
        generatorCpu: Math.max(...figures.map(({ generatorCpu }) => generatorCpu)),
      };
    };
    const bare = side('bare node:http, 32 connections', (round) => round.bare);
    const minimal = side('Fastify, one GET, 32 connections', (round) => round.minimal);
    const cached = side('API, cached, 32 connections', (round) => round.cached);
    const uncached = side('API, uncached, 32 connections', (round) => round.uncached);
    const sized = side('API, uncached, 10 connections', (round) => round.uncachedPoolSized);
    const sides = [bare, minimal, cached, uncached, sized];
    const pgbenchPerSecond = summarise(rounds.map((round) => round.pgbenchPerSecond));
    /** Within each round, so that a slow minute falls on both. */
    const ratio = (of: (round: Round) => number): number => summarise(rounds.map(of)).median;
    const ratios = {
      cachedToBare: ratio((one) => one.cached.requestsPerSecond / one.bare.requestsPerSecond),
      cachedToMinimal: ratio((one) => one.cached.requestsPerSecond / one.minimal.requestsPerSecond),
      cachedToBareP99: ratio((one) => one.cached.p99Ms / one.bare.p99Ms),
      cachedToUncached: ratio((one) => one.cached.requestsPerSecond / one.uncached.requestsPerSecond),
      queriesCachedToUncached: ratio((one) => one.queriesPerRequest.cached / one.queriesPerRequest.uncached),
      uncachedToPgbench: ratio((one) => one.uncachedPoolSized.requestsPerSecond / one.pgbenchPerSecond),
    };
    const busy = sides.filter(({ generatorCpu }) => generatorCpu >= busyGeneratorCpu);
    const text = [
      table(
        ['reads of one product', 'per s', 'min', 'max', 'p50 ms', 'p99 ms', 'failed', 'generator CPU'],
        [
          ...sides.map(({ name, requestsPerSecond: rate, p50Ms, p99Ms, failed, generatorCpu }) => [
            name,
            ...[rate.median, rate.min, rate.max].map((value) => value.toFixed(0)),
            ...[p50Ms.median, p99Ms.median].map((value) => value.toFixed(2)),
            String(failed),
            generatorCpu.toFixed(2),
          ]),
          [
            'pgbench, prepared, 10 connections',
            ...[pgbenchPerSecond.median, pgbenchPerSecond.min, pgbenchPerSecond.max].map((v) => v.toFixed(0)),
          ],
        ],
      ),
      `cached to bare: ${ratios.cachedToBare.toFixed(2)}, p99 ${ratios.cachedToBareP99.toFixed(2)}`,
      `cached to the least that reads from Redis: ${ratios.cachedToMinimal.toFixed(2)}`,
      `cached to uncached: ${ratios.cachedToUncached.toFixed(1)}; queries at the replica for a request: ${ratios.queriesCachedToUncached.toFixed(4)}`,
      `uncached to pgbench: ${ratios.uncachedToPgbench.toFixed(2)}`,
      `medians of the ratios of ${options.runs} rounds`,
      ...busy.map(
        ({ name }) =>
          `INCONCLUSIVE for «${name}»: the generator had no processor time left, the figure is its own limit`,
      ),
    ].join('\n');
    return { result: { benchmark: 'api', ratios, pgbenchPerSecond, sides, rounds }, text };
  });
} finally {
  await removeStack(stack);
}
