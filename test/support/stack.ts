import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { systemClock } from '../../src/clock/clock.js';
import { waitUntil } from '../../src/clock/wait-until.js';
import { connectEngine } from '../../src/docker/connect-engine.js';
import type { HalabEvent } from '../../src/events/events.js';
import { historyFiles } from '../../src/history/history-file.js';
import { postgresUrl } from '../../src/nodes/postgres/url.js';
import { openAccess } from '../../src/stack/access.js';
import { findEndpoints, type StackEndpoints } from '../../src/stack/endpoints.js';
import { askEngine } from '../../src/stack/engine-answers.js';
import { observe } from '../../src/stack/observe.js';
import type { Operation } from '../../src/stack/operation.js';
import { getNode, getStack } from '../../src/stack/stack.js';
import { up } from '../../src/stack/up.js';
import { removeStack } from './remove-stack.js';
import { type CliResult, runCli } from './run-cli.js';

/** What a command is given besides its words. */
interface CommandInput {
  /** Words after `--`. */
  passedOn?: readonly string[];
  /** Standard input. */
  input?: string;
}

/** A stack for tests, or the name of one that a test makes by itself. */
export interface TestStack extends AsyncDisposable {
  readonly name: string;
  readonly operation: Operation;
  /** What the operation emitted. */
  readonly events: readonly HalabEvent[];
  /** Runs `halab LINE --stack NAME` in this process. */
  readonly halab: (line: string, input?: CommandInput) => Promise<CliResult>;
  /** The object that `halab LINE --json` prints, and its exit code. */
  readonly halabJson: (line: string) => Promise<{ exitCode: number; data: unknown }>;
  /** Waits until status finds nothing wrong; on a busy machine a server's answer may come too late for one look. */
  readonly untilHealthy: () => Promise<void>;
  /** As the application, or as superuser. */
  readonly endpoints: (role?: 'app' | 'postgres') => Promise<StackEndpoints>;
  readonly containerId: (node: string) => Promise<string>;
  /** Runs SQL on a node as superuser; returns bare values, one line a row, as `psql -At` prints them. */
  readonly sql: (node: string, text: string) => Promise<string>;
}

/** Over a connection of its own: a psql in the container would cost the processor a tenth of a second each time. */
async function runSql(url: string, text: string): Promise<string> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 2000,
    query_timeout: 60_000,
    types: { getTypeParser: () => (value: string) => value },
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    // Of several statements pg gives a list of results.
    const results = [await client.query<(string | null)[]>({ text, rowMode: 'array' })].flat();
    return results
      .flatMap(({ rows }) => rows.map((row) => row.map((value) => value ?? '').join('|')))
      .join('\n');
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A name that the check for leaks knows as one of this test run. */
export const newName = (): string => `test-${inject('testRun')}-${randomBytes(4).toString('hex')}`;

/** A stack that is not there yet; disposing removes what a test made under its name. */
export async function planTestStack(): Promise<TestStack> {
  const name = newName();
  const engine = await connectEngine(process.env);
  const events: HalabEvent[] = [];
  const operation = {
    engine,
    clock: systemClock,
    emit: (event: HalabEvent) => void events.push(event),
    history: historyFiles(process.env),
  };
  const halab = (line: string, { passedOn, input }: CommandInput = {}): Promise<CliResult> => {
    const words = [
      ...line.split(' '),
      '--stack',
      name,
      ...(passedOn === undefined ? [] : ['--', ...passedOn]),
    ];
    return runCli(words, { env: process.env, input });
  };
  const containerId = async (node: string): Promise<string> =>
    getNode(await getStack(engine, name), node).containerId;
  return {
    name,
    operation,
    events,
    halab,
    halabJson: async (line) => {
      const { exitCode, stdout } = await halab(`${line} --json`);
      return { exitCode, data: JSON.parse(stdout) as unknown };
    },
    untilHealthy: async () => {
      let seen = 'nothing';
      const look = async (): Promise<true | undefined> => {
        const found = await getStack(engine, name);
        const { findings } = await observe(found, await askEngine(engine, found));
        seen = JSON.stringify(findings);
        return findings.length === 0 ? true : undefined;
      };
      const onTimeout = (): Error => new Error(`The stack did not become healthy: ${seen}`);
      await waitUntil(look, { clock: systemClock, timeoutMs: 20_000, intervalMs: 200, onTimeout });
    },
    endpoints: async (role) => await findEndpoints(engine, await getStack(engine, name), role),
    containerId,
    sql: async (node, text) => {
      const found = await getStack(engine, name);
      const access = await openAccess(engine, found);
      return await runSql(postgresUrl(access.postgres(getNode(found, node, 'postgres'), 'postgres')), text);
    },
    [Symbol.asyncDispose]: () => removeStack(operation, name),
  };
}

/** A verified classic stack on free ports, under a name of its own. Given back by `await using`. */
export async function startTestStack(): Promise<TestStack> {
  const stack = await planTestStack();
  try {
    await up(stack.operation, { name: stack.name, topology: 'classic', ports: 'auto' });
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
  return stack;
}
