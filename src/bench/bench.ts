import { randomBytes } from 'node:crypto';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { step } from '../events/events.js';
import type { PostgresAddress } from '../nodes/postgres/url.js';
import { stackEndpoints } from '../stack/endpoints.js';
import { askEngine, type EngineAnswers } from '../stack/engine-answers.js';
import { observe } from '../stack/observe.js';
import type { Operation } from '../stack/operation.js';
import { getNode, getStack, nodesOfKind, type Stack } from '../stack/stack.js';
import { type BenchmarkName, type BenchResult, type BenchSettings, resultFormat } from './bench-result.js';
import { bottlenecksOf } from './bottleneck.js';
import { compareResults } from './compare.js';
import type { BenchContext } from './context.js';
import { openQueryCounter } from './database-load.js';
import { readManifest } from './manifest.js';
import { pgSides } from './pg-sides.js';
import { insertProducts } from './products.js';
import { type Round, type Side, turnsOf } from './round.js';
import type { SavedResult } from './saved-result.js';
import { apiSide, insertWorkload, mixedWorkload, pathSides, readWorkload } from './sides.js';
import { gainsOf, sideResult } from './summarise.js';

export interface BenchOptions {
  stack: string;
  benchmark: BenchmarkName;
  settings: BenchSettings;
  /** An earlier result of the same benchmark. */
  earlier: SavedResult | undefined;
}

/** The sides of the benchmark `cache`. */
const uncached = 'no cache';
const cached = 'cache';

function sidesOf(benchmark: BenchmarkName, context: BenchContext): Side[] {
  const { through, writeRatio } = context.settings;
  const paths = through ?? ['api'];
  switch (benchmark) {
    case 'cache':
      return [
        apiSide(context, uncached, readWorkload(context), false),
        apiSide(context, cached, readWorkload(context)),
      ];
    case 'reads':
      return pathSides(context, paths, readWorkload(context));
    case 'writes':
      return pathSides(context, paths, insertWorkload(context));
    case 'mixed':
      return pathSides(context, paths, mixedWorkload(context, writeRatio ?? 0));
    case 'pg':
      return pgSides(context);
  }
}

/** Each side against the first; of pgbench each endpoint against the first that runs the same script. Pure. */
export function pairsOf(names: readonly string[]): { side: string; to: string }[] {
  const kindOf = (name: string): string => name.split(': ')[0] ?? name;
  const isOfScripts = names.every((name) => name.includes(': '));
  return names.flatMap((side) => {
    const to = isOfScripts ? names.find((name) => kindOf(name) === kindOf(side)) : names[0];
    return to === undefined || to === side ? [] : [{ side, to }];
  });
}

/** @throws STACK_UNHEALTHY */
async function requireHealthy(stack: Stack, answers: EngineAnswers): Promise<string> {
  const { healthy, findings } = await observe(stack, answers);
  const { configured } = answers;
  if (healthy && configured !== undefined) return configured;
  throw new HalabError(
    'STACK_UNHEALTHY',
    `The stack ${stack.name} is not healthy, and a benchmark needs one that is.`,
    {
      lines: findings.map(({ message }) => message),
      hint: `See what is wrong with ${typed(stack.name, 'status')}, or let ${typed(stack.name, 'repair')} mend it.`,
    },
  );
}

/** The sides take turns, and which one begins changes from round to round. */
async function measureRounds(
  { clock, emit, signal }: Operation,
  sides: readonly Side[],
  rounds: number,
): Promise<Map<string, Round[]>> {
  const measured = new Map<string, Round[]>(sides.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const side of turnsOf(sides, round)) {
      signal?.throwIfAborted();
      const result = await step(
        emit,
        clock.nowMs,
        {
          id: `${side.name} ${round}`,
          title: `round ${round + 1} of ${rounds}: ${side.name}`,
          detail: ({ closed }: Round) => `${Math.round(closed.perSecond)}/s`,
        },
        () => side.measure(),
      );
      measured.get(side.name)?.push(result);
    }
  }
  return measured;
}

/**
 * Runs one benchmark on a healthy stack. It changes nothing but rows of its own, and removes them at the end, also when
 * it is interrupted; other commands may work on the stack meanwhile.
 *
 * @throws STACK_NOT_FOUND, STACK_INCOMPLETE, STACK_UNHEALTHY, NODE_NOT_FOUND, COMMAND_FAILED; INTERRUPTED
 */
export async function runBench(operation: Operation, options: BenchOptions): Promise<BenchResult> {
  const { engine, clock, emit, signal } = operation;
  const { benchmark, settings, earlier } = options;
  const stack = await getStack(engine, options.stack);
  const answers = await askEngine(engine, stack);
  const primary = getNode(stack, await requireHealthy(stack, answers), 'postgres');
  const { access } = answers;
  const replicas = nodesOfKind(stack, 'postgres').filter(
    ({ name, state }) => name !== primary.name && state === 'running',
  );
  const manifest = await readManifest(engine, stack, clock.date());
  const ofReplicas = (role: 'app' | 'monitor'): PostgresAddress[] =>
    replicas.map((node) => access.postgres(node, role));
  // PgBouncer keeps its sessions, and each of them hands over its counts when it likes.
  const isPooled = settings.through?.includes('pooler') === true;
  const servers = [access.postgres(primary, 'monitor'), ...ofReplicas('monitor')];
  const counter = isPooled ? null : await openQueryCounter(servers, clock, signal);

  await using products = await step(
    emit,
    clock.nowMs,
    { id: 'products', title: 'insert the products of the benchmark' },
    () =>
      insertProducts({
        runId: randomBytes(6).toString('hex'),
        writes: access.writes('app'),
        replicas: ofReplicas('app'),
        clock,
        signal,
      }),
  );
  const endpoints = stackEndpoints(stack, access, primary.name);
  const sides = sidesOf(benchmark, {
    engine,
    stack,
    access,
    endpoints,
    primary,
    replicas,
    products,
    settings,
    counter,
    clock,
    signal,
  });
  const measured = await measureRounds(operation, sides, settings.rounds);
  const results = sides.map(({ name }) => sideResult(name, measured.get(name) ?? []));
  const reasons = results.flatMap(bottlenecksOf);
  const figures = { settings, manifest, sides: results };
  return {
    format: resultFormat,
    benchmark,
    stack: stack.name,
    verdict: reasons.length === 0 ? 'measured' : 'inconclusive',
    reasons,
    ...figures,
    gains: gainsOf(results, pairsOf(sides.map(({ name }) => name)), settings.seed),
    comparison: earlier === undefined ? null : compareResults(figures, earlier),
  };
}
