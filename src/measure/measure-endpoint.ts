import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock/clock.js';
import type { Emit } from '../events/events.js';
import { type KeyTable, readRunKeys, withClient } from './final-read.js';
import { type HttpClientOptions, openHttpClient } from './http-exchange.js';
import { judgeLedger, type LedgerVerdict } from './judge-ledger.js';
import type { LedgerStore } from './ledger-store.js';
import { startClients } from './load.js';
import type { Shared, StaggeredClient } from './load-clients.js';
import { type Client, clientOver, type Pace, takeTurns } from './pace.js';
import type { RegisterHistory } from './register-history.js';
import { Registers } from './registers.js';
import type { SqlConnectionOptions, Statement } from './sql-connection.js';
import { sqlRegisterReader, sqlRegisterWriter } from './sql-registers.js';
import type { Timeline } from './timeline.js';
import type { WatchFigures } from './watch.js';
import { apiWriter, proxyWriter } from './writers.js';

/** A service that takes POSTs, each with a key of its own. In texts, `{key}` stands for it. */
interface PostTarget {
  url: string;
  /** JSON. */
  body: string;
  /** Where a key is looked for at the end: 200 is there, 404 is not. Without it nothing is known of loss. */
  find: string | undefined;
}

/** What is measured: a database, a service, or both. */
export interface Endpoint {
  /** Takes the writes, by SQL. */
  dsn: string | undefined;
  /** Answers the reads; the same as `dsn` when it is left out. */
  readDsn: string | undefined;
  /** Asked by GET; 2xx counts as answered. */
  url: string | undefined;
  post: PostTarget | undefined;
}

export interface MeasureOptions {
  endpoint: Endpoint;
  forMs: number;
  /** Of each sort. */
  clients: number;
  intervalMs: number;
  clock: Clock;
  emit: Emit;
  /** Ends the measurement early; what was measured so far is judged. */
  signal?: AbortSignal | undefined;
  store?: LedgerStore | undefined;
  registerHistory: RegisterHistory;
}

export interface MeasureResult {
  runId: string;
  figures: WatchFigures;
  /** Null when nobody wrote. */
  ledger: LedgerVerdict | null;
  timeline: Timeline;
  maxLateMs: number;
  /** What clients noticed, by code, with how often. */
  errors: Record<string, number>;
}

const table: KeyTable = { name: 'halab_measure', key: 'key' };
const registerCount = 2;
const connectTimeoutMs = 1000;
const answerTimeoutMs = 2500;
const finalReadTimeoutMs = 30_000;

const insertKey: Statement = {
  name: 'halab-measure-insert',
  text: 'INSERT INTO halab_measure (key) VALUES ($1)',
};

/** @throws what pg throws */
async function createTables(dsn: string, runId: string): Promise<void> {
  await withClient({ url: dsn, runId }, async (client) => {
    await client.query('CREATE TABLE IF NOT EXISTS halab_measure (key text PRIMARY KEY)');
    await client.query(
      'CREATE TABLE IF NOT EXISTS halab_measure_register (id integer PRIMARY KEY, value bigint NOT NULL)',
    );
    await client.query('DELETE FROM halab_measure_register');
    await client.query(
      'INSERT INTO halab_measure_register SELECT n, 0 FROM generate_series(0, $1::int - 1) AS n',
      [registerCount],
    );
  });
}

/** @throws what pg throws */
async function dropTables(dsn: string, runId: string): Promise<void> {
  await withClient({ url: dsn, runId, timeoutMs: finalReadTimeoutMs }, async (client) => {
    await client.query('DROP TABLE IF EXISTS halab_measure, halab_measure_register');
  });
}

/** Asks a URL again and again. */
function urlReader(
  url: string,
  clientId: string,
  pace: Pace,
  { cut, onRead }: Pick<Shared, 'cut' | 'onRead'>,
): Client {
  const client = openHttpClient({ baseUrl: url, answerTimeoutMs });
  const turn = async (): Promise<void> => {
    const beganAtMs = pace.clock.nowMs();
    const exchange = await client.get(url);
    const good =
      exchange.kind === 'answered' && exchange.status >= 200 && exchange.status < 300 && exchange.isComplete;
    if (!good && cut.aborted) return;
    onRead({
      clientId,
      beganAtMs,
      completedAtMs: pace.clock.nowMs(),
      good,
      source: 'unknown',
      staleMs: null,
    });
  };
  return clientOver(client, { pace, cut }, turn);
}

const withKey = (template: string, key: string): string => template.replaceAll('{key}', key);

function openEndpointClients(
  { endpoint, clients: count, intervalMs, registerHistory }: MeasureOptions,
  runId: string,
  shared: Shared,
): Promise<StaggeredClient[]> {
  const { dsn, readDsn = dsn, url, post } = endpoint;
  const { ledger, cut, onError, onRead, onUpdate } = shared;
  const pace: Pace = { ...shared.pace, intervalMs };
  const registers = new Registers(registerCount);
  const sqlTo = (to: string, clientId: string): SqlConnectionOptions => ({
    url: to,
    connectTimeoutMs,
    answerTimeoutMs,
    cut,
    onLost: () => {
      onError({ clientId, atMs: pace.clock.nowMs(), errorCode: 'CONNECTION_LOST' });
    },
  });
  const stagger = (
    open: (index: number) => Client | Promise<Client>,
    howMany = count,
  ): Promise<StaggeredClient>[] =>
    Array.from({ length: howMany }, async (_, index) => ({
      client: await open(index),
      offsetMs: (index * intervalMs) / howMany,
    }));
  const bySql =
    dsn === undefined || readDsn === undefined
      ? []
      : [
          ...stagger((index) => {
            const clientId = `sql${index + 1}`;
            return proxyWriter({ clientId, runId, ledger, pace, ...sqlTo(dsn, clientId) }, insertKey);
          }),
          ...stagger((register) => {
            const clientId = `register-writer${register + 1}`;
            const common = { clientId, pace, registers, history: registerHistory, register, onUpdate };
            return sqlRegisterWriter({ ...common, ...sqlTo(dsn, clientId) });
          }, registerCount),
          ...stagger((index) => {
            const clientId = `reader${index + 1}`;
            const common = { clientId, pace, registers, history: registerHistory, onRead };
            return sqlRegisterReader({ ...common, ...sqlTo(readDsn, clientId) });
          }),
        ];
  const byHttp = [
    ...(url === undefined ? [] : stagger((index) => urlReader(url, `url${index + 1}`, pace, shared))),
    ...(post === undefined
      ? []
      : stagger((index) => {
          const http: HttpClientOptions = { baseUrl: post.url, answerTimeoutMs };
          return apiWriter({ clientId: `post${index + 1}`, runId, ledger, pace, cut, ...http }, (key) => ({
            path: post.url,
            body: JSON.parse(withKey(post.body, key)) as object,
          }));
        })),
  ];
  const progress: Client = (firstMs) =>
    takeTurns({ ...pace, intervalMs: 250 }, firstMs, () => {
      shared.onProgress();
      return Promise.resolve();
    });
  return Promise.all([...bySql, ...byHttp, Promise.resolve({ client: progress, offsetMs: 0 })]);
}

/** Which of the keys that were sent by POST are there. Undefined when one cannot be told. */
async function findPosted(
  { find }: PostTarget,
  keys: AsyncIterable<{ key: string; path: string }>,
): Promise<string[] | undefined> {
  if (find === undefined) return undefined;
  const client = openHttpClient({ baseUrl: find, answerTimeoutMs });
  const found: string[] = [];
  try {
    for await (const { key, path } of keys) {
      if (path !== 'api') continue;
      const exchange = await client.get(withKey(find, encodeURIComponent(key)));
      if (exchange.kind !== 'answered' || ![200, 404].includes(exchange.status)) return undefined;
      if (exchange.status === 200) found.push(key);
    }
    return found;
  } finally {
    client.close();
  }
}

/**
 * Measures an endpoint for a while: each write is recorded and looked for at the end, and the gaps between good answers are
 * followed. A database gets the tables `halab_measure` and `halab_measure_register`, and loses them again at the end.
 *
 * @throws what pg throws while the tables are made: then nothing was measured
 */
export async function measureEndpoint(options: MeasureOptions): Promise<MeasureResult> {
  const { endpoint, forMs, clock, emit, signal, store } = options;
  const { dsn, post } = endpoint;
  const runId = randomBytes(6).toString('hex');
  if (dsn !== undefined) await createTables(dsn, runId);
  const writers = dsn === undefined && post === undefined ? 0 : options.clients;
  // The signal ends the wait and not the load: what was measured until then counts.
  const load = await startClients(
    { runId, clock, emit, store },
    Array.from({ length: writers }, (_, index) => `${index}`),
    (shared) => openEndpointClients(options, runId, shared),
  );
  const watch = load.watch();
  await clock.sleep(forMs, signal).catch(() => undefined);
  const figures = watch.end();
  const timeline = load.timeline();
  await load.stop();
  const wrote = load.ledger.counts().attempted > 0;
  const bySql =
    dsn === undefined
      ? []
      : await readRunKeys({ url: dsn, runId, timeoutMs: finalReadTimeoutMs }, table).catch(() => undefined);
  const byPost = post === undefined ? [] : await findPosted(post, load.ledger.entries());
  const found = bySql === undefined || byPost === undefined ? undefined : [...bySql, ...byPost];
  const ledger = wrote ? await judgeLedger(load.ledger, found) : null;
  if (dsn !== undefined) {
    await dropTables(dsn, runId).catch(() => {
      emit({
        type: 'note',
        severity: 'warning',
        message:
          'The tables halab_measure and halab_measure_register were not removed: the database does not answer.',
      });
    });
  }
  const errors: Record<string, number> = {};
  for (const { errorCode } of load.errors()) errors[errorCode] = (errors[errorCode] ?? 0) + 1;
  return { runId, figures, ledger, timeline, maxLateMs: load.punctuality.maxLateMs, errors };
}
