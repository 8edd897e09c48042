import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BenchResult } from '../../src/bench/bench-result.js';
import { spawnHalab } from '../support/halab-process.js';
import { startTestStack, type TestStack } from '../support/stack.js';

let stack: TestStack;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'halab-bench-'));
  stack = await startTestStack();
  await stack.untilHealthy();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await stack[Symbol.asyncDispose]();
});

const rowsOfBenchmarks = (): Promise<string> =>
  stack.sql('db-primary', "SELECT count(*) FROM products WHERE starts_with(sku, 'bench-')");

/** Short, at a rate that any machine can keep: what is asserted are relations, and never a time. */
const short = '--rate 100 --duration 300ms --warm-up 200ms --connections 4';

async function bench(line: string): Promise<{ exitCode: number; result: BenchResult }> {
  const { exitCode, data } = await stack.halabJson(`bench ${line}`);
  return { exitCode, result: data as BenchResult };
}

/** On a busy machine the generator may say that it was late, and exits 7: that is a verdict too. */
const expectVerdict = (exitCode: number, { verdict, reasons }: BenchResult): void => {
  expect(exitCode).toBe(verdict === 'measured' ? 0 : 7);
  expect(reasons.length > 0).toBe(verdict === 'inconclusive');
};

describe('bench cache', () => {
  it('shows that the cache takes the queries off the database, with figures that agree with each other', async () => {
    const file = join(folder, 'cache.json');
    const { exitCode, result } = await bench(`cache ${short} --rounds 2 --save ${file}`);
    expectVerdict(exitCode, result);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(result);
    expect(result).toMatchObject({
      format: 'halab bench 1',
      benchmark: 'cache',
      stack: stack.name,
      settings: { ratePerSecond: 100, durationMs: 300, rounds: 2, connections: 4, warmUpMs: 200, seed: 1 },
      comparison: null,
    });
    const { versions, machine } = result.manifest;
    expect(Object.keys(versions).sort()).toEqual(['engine', 'halab', 'haproxy', 'node', 'postgres', 'redis']);
    expect(versions['postgres']).toMatch(/^17\./);
    expect(machine.cpus).toBeGreaterThan(0);

    const [uncached, cached] = result.sides;
    if (uncached === undefined || cached === undefined) throw new Error('A side is missing.');
    expect([uncached.name, cached.name]).toEqual(['no cache', 'cache']);
    for (const { latency, sources, errors, rounds, rateAskedPerSecond, generator } of [uncached, cached]) {
      expect(errors).toEqual({});
      expect(rateAskedPerSecond).toBe(100);
      // Two rounds of 300 ms at 100 a second.
      expect(latency.count + generator.notSent).toBe(60);
      const { cache = 0, replica = 0, primary = 0 } = sources ?? {};
      expect(cache + replica + primary).toBe(latency.count);
      expect(rounds).toHaveLength(2);
      expect(latency).toMatchObject({ p90Ms: null, p99Ms: null, p999Ms: null });
      expect(latency.p50Ms).toBeLessThanOrEqual(latency.maxMs ?? 0);
    }
    expect(uncached.sources).toMatchObject({ cache: 0 });
    expect(cached.sources?.cache).toBeGreaterThan(0);
    // Each read without a cache is one query, as the servers count them; one that the cache answers is none.
    expect(uncached.database?.queries).toBe(uncached.database?.requests);
    const { queries = Number.NaN, requests = Number.NaN, perRequest } = cached.database ?? {};
    expect(queries).toBeLessThanOrEqual(requests - (cached.sources?.cache ?? 0));
    expect(perRequest).toBeLessThan(1);
    // Too few rounds for an interval.
    expect(result.gains.map(({ metric, interval }) => [metric, interval])).toEqual([
      ['throughputPerSecond', null],
      ['p50Ms', null],
    ]);
    expect(await rowsOfBenchmarks()).toBe('0');
  });

  it('is held against an earlier run, and refuses that of another benchmark', async () => {
    const file = join(folder, 'cache.json');
    const { stdout } = await stack.halab(`bench cache ${short} --rounds 1 --seed 2 --compare ${file}`);
    expect(stdout).toContain('Against the run of');
    expect(stdout).toContain('! The runs differ: seed was 1, and is 2 now.');
    const other = await stack.halab(`bench reads --compare ${file}`);
    expect(other.exitCode).toBe(2);
    expect(other.stderr).toContain('is a result of halab bench cache');
  });
});

describe('bench reads', () => {
  it('holds the ways to the database against each other', async () => {
    const { exitCode, result } = await bench(`reads ${short} --rounds 1 --through proxy replica`);
    expectVerdict(exitCode, result);
    expect(result.sides.map(({ name, sources, errors }) => [name, sources, errors])).toEqual([
      ['proxy', null, {}],
      ['replica', null, {}],
    ]);
    for (const { database } of result.sides) expect(database?.queries).toBe(database?.requests);
    expect(result.gains[0]).toMatchObject({ side: 'replica', to: 'proxy' });
  });

  it('names what a stack lacks, and how to add it', async () => {
    const { exitCode, stderr } = await stack.halab('bench reads --through pooler');
    expect(exitCode).toBe(4);
    expect(stderr).toContain('has no running pooler');
    expect(stderr).toContain('halab up --pooler');
    expect(await rowsOfBenchmarks()).toBe('0');
  });

  it('gives no verdict when the generator cannot keep the rate, and exits 7', async () => {
    const line = 'reads --rate 100000 --duration 300ms --warm-up 100ms --rounds 1 --connections 4';
    const { exitCode, result } = await bench(line);
    expect(exitCode).toBe(7);
    expect(result.verdict).toBe('inconclusive');
    expect(result.reasons.join()).toContain('generator');
    const [{ rateAchievedPerSecond } = { rateAchievedPerSecond: Number.NaN }] = result.sides;
    expect(rateAchievedPerSecond).toBeLessThan(100_000);
  });
});

describe('bench writes and mixed', () => {
  it('write through the API and by SQL, and leave nothing', async () => {
    const { exitCode, result } = await bench(`writes ${short} --rounds 1 --through api proxy`);
    expectVerdict(exitCode, result);
    for (const { errors, latency, database } of result.sides) {
      expect(errors).toEqual({});
      expect(latency.count).toBeGreaterThan(0);
      expect(database?.queries).toBe(database?.requests);
    }
    const mixed = await bench(`mixed ${short} --rounds 1 --write-ratio 0.3`);
    expectVerdict(mixed.exitCode, mixed.result);
    expect(mixed.result.sides[0]).toMatchObject({ name: 'api', errors: {} });
    expect(mixed.result.settings.writeRatio).toBe(0.3);
    expect(await rowsOfBenchmarks()).toBe('0');
  });

  it('leave nothing after Ctrl-C either', async () => {
    const run = spawnHalab(['bench', 'writes', '--duration', '1m', '--stack', stack.name]);
    await expect.poll(rowsOfBenchmarks, { timeout: 20_000 }).not.toMatch(/^(0|100)$/);
    run.kill('SIGINT');
    const { exitCode, stderr } = await run;
    expect(exitCode).toBe(5);
    expect(stderr).toContain('INTERRUPTED');
    expect(await rowsOfBenchmarks()).toBe('0');
    expect(
      await stack.sql(
        'db-primary',
        "SELECT count(*) FROM pg_stat_activity WHERE application_name ~ '^halab-(api|bench)'",
      ),
    ).toBe('0');
  });
});

describe('bench pg', () => {
  it('runs pgbench through each endpoint, and inserts nowhere but where writes may go', async () => {
    const { exitCode, result } = await bench('pg --rate 50 --rounds 1 --connections 4');
    expect(exitCode).toBe(0);
    expect(result.sides.map(({ name }) => name)).toEqual([
      'read: primary',
      'read: proxy',
      'read: replica',
      'insert: primary',
      'insert: proxy',
    ]);
    for (const { latency, throughputPerSecond, errors } of result.sides) {
      expect(errors).toEqual({});
      expect(latency.count).toBeGreaterThan(10);
      expect(throughputPerSecond).toBeGreaterThan(0);
    }
    expect(await rowsOfBenchmarks()).toBe('0');
  });
});

it('a stack that is not healthy is refused, with the remedy', async () => {
  await stack.halab('stop redis');
  const { exitCode, stderr } = await stack.halab('bench cache');
  expect(exitCode).toBe(4);
  expect(stderr).toContain('STACK_UNHEALTHY');
  expect(stderr).toContain('halab status');
});
