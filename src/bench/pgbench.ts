import type { Engine } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import { LatencyHistogram } from '../measure/statistics/latency-histogram.js';

/** What the API asks for one product (src/api/products-store.ts). */
const readScript = `\\set id random(:first, :last)
SELECT id, sku, name, description, price, stock, version, created_at, updated_at FROM products WHERE id = :id;`;

const insertScript = `INSERT INTO products (sku, name, price)
VALUES (CAST(:prefix AS text) || gen_random_uuid(), 'A product of the benchmark', 1.00);`;

const scripts = { read: readScript, insert: insertScript };
export type PgbenchScript = keyof typeof scripts;

/** Its log goes to a folder of its own, and follows its report on standard output. */
const inFolderOfItsOwn = `
folder=$(mktemp -d) && cd "$folder" || exit 1
trap 'rm -rf "$folder"' EXIT
printf '%s\\n' "$SCRIPT" | pgbench "$@" --file -
status=$?
cat pgbench_log.* 2> /dev/null
exit $status`;

export interface PgbenchOptions {
  script: PgbenchScript;
  /** Host name and port in the stack's network, and the application's password. */
  address: { host: string; port: number; password: string };
  /** Of the products that are read. */
  ids: readonly string[];
  skuPrefix: string;
  clients: number;
  /** pgbench counts in whole seconds. */
  seconds: number;
  /** Undefined: each client asks again as soon as it has its answer. */
  ratePerSecond?: number;
  /** Seen in pg_stat_activity. */
  applicationName: string;
}

/** What one run of pgbench tells. */
export interface PgbenchReport {
  transactions: number;
  failed: number;
  perSecond: number;
  /** With a rate: of each transaction, from its scheduled start (manual, pgbench, `--rate`). Otherwise from its real one. */
  latency: LatencyHistogram;
}

/**
 * Reads the report of pgbench and the lines of its log (manual, pgbench, Per-Transaction Logging: client, number, µs, …).
 * Pure.
 *
 * @throws COMMAND_FAILED when the text is no report of pgbench
 */
export function parsePgbench(text: string): PgbenchReport {
  const numberAfter = (pattern: RegExp): number => {
    const [, number] = pattern.exec(text) ?? [];
    if (number !== undefined) return Number(number);
    throw new HalabError('COMMAND_FAILED', 'pgbench gave no report.', { lines: text.split('\n').slice(-10) });
  };
  const latency = new LatencyHistogram();
  for (const [, microseconds] of text.matchAll(/^\d+ \d+ (\d+) \d+ \d+ \d+/gm)) {
    latency.record(Number(microseconds) / 1000);
  }
  const transactions = numberAfter(/^number of transactions actually processed: (\d+)/m);
  return {
    transactions,
    failed: numberAfter(/^number of failed transactions: (\d+)/m),
    // Its time includes connecting, and on a busy machine that can take all of it: it tells no rate then.
    perSecond: transactions === 0 ? 0 : numberAfter(/^tps = ([\d.]+)/m),
    latency,
  };
}

/** The words of pgbench. Pure. */
export function pgbenchWords(options: PgbenchOptions): string[] {
  const { address, ids, skuPrefix, clients, seconds, ratePerSecond } = options;
  return [
    // There are no tables of its own to be vacuumed.
    '--no-vacuum',
    '--protocol=prepared',
    '--log',
    `--client=${clients}`,
    '--jobs=1',
    `--time=${seconds}`,
    ...(ratePerSecond === undefined ? [] : [`--rate=${ratePerSecond}`]),
    `--define=first=${ids[0] ?? 1}`,
    `--define=last=${ids.at(-1) ?? 1}`,
    `--define=prefix=${skuPrefix}`,
    `--host=${address.host}`,
    `--port=${address.port}`,
    '--username=app',
    '--dbname=shop',
  ];
}

/**
 * Runs pgbench inside a PostgreSQL container.
 *
 * @throws COMMAND_FAILED with its last lines
 */
export async function runPgbench(
  engine: Engine,
  containerId: string,
  options: PgbenchOptions,
): Promise<PgbenchReport> {
  const { exitCode, stdout, stderr } = await engine.exec(
    containerId,
    ['sh', '-c', inFolderOfItsOwn, 'pgbench', ...pgbenchWords(options)],
    {
      env: {
        PGPASSWORD: options.address.password,
        PGAPPNAME: options.applicationName,
        SCRIPT: scripts[options.script],
      },
    },
  );
  if (exitCode !== 0) {
    throw new HalabError('COMMAND_FAILED', `pgbench ended with ${exitCode}.`, {
      lines: stderr.trim().split('\n').slice(-10),
    });
  }
  return parsePgbench(stdout);
}
