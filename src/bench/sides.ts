import { randomBytes } from 'node:crypto';
import { forkApi } from '../api/fork-api.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { type Random, seededRandom } from '../measure/statistics/random.js';
import type { PostgresAddress } from '../nodes/postgres/url.js';
import type { Path } from './bench-result.js';
import type { BenchContext } from './context.js';
import { httpTarget } from './http-target.js';
import { measureSide, type OpenedSide } from './measure-side.js';
import type { Side } from './round.js';
import { openSqlTarget } from './sql-target.js';
import { insertsOf, mixOf, readsOf, type Workload } from './workload.js';

/** Makes the workload of one round of one side. */
export type WorkloadOf = (random: Random) => Workload;

export const readWorkload =
  ({ products }: BenchContext): WorkloadOf =>
  (random) =>
    readsOf({ random, ids: products.ids });

export const insertWorkload =
  ({ products }: BenchContext): WorkloadOf =>
  () =>
    insertsOf(`${products.skuPrefix}${randomBytes(4).toString('hex')}-`);

export const mixedWorkload =
  ({ products }: BenchContext, writeRatio: number): WorkloadOf =>
  (random) =>
    mixOf(writeRatio, { random, ids: products.ids });

/** The same requests in the same order for each side, and others in each round. */
function withRounds(
  context: BenchContext,
  name: string,
  open: (random: Random) => Promise<OpenedSide>,
): Side {
  let round = 0;
  return {
    name,
    measure: () => {
      round += 1;
      const random = seededRandom(context.settings.seed + round);
      return measureSide(() => open(random), context);
    },
  };
}

/** The products API in a process of its own, with its default cache or without one. */
export function apiSide(context: BenchContext, name: string, workloadOf: WorkloadOf, cached = true): Side {
  const { writeUrl, readUrl, redisUrl } = context.endpoints;
  return withRounds(context, name, async (random) => {
    const api = await forkApi({ writeUrl, readUrl, redisUrl, ...(cached ? {} : { cache: false }) });
    const target = httpTarget(api.url);
    return {
      target,
      workload: workloadOf(random),
      tellsSource: true,
      [Symbol.asyncDispose]: async () => {
        await target.close();
        await api[Symbol.asyncDispose]();
      },
    };
  });
}

/** @throws NODE_NOT_FOUND when the stack has nothing on that path */
function addressOf({ stack, access, replicas }: BenchContext, path: Exclude<Path, 'api'>): PostgresAddress {
  const [replica] = replicas;
  const address = {
    proxy: access.writes('app'),
    replica: replica === undefined ? undefined : access.postgres(replica, 'app'),
    pooler: access.pooled('app'),
  }[path];
  if (address !== undefined) return address;
  throw new HalabError('NODE_NOT_FOUND', `The stack ${stack.name} has no running ${path}.`, {
    hint:
      path === 'pooler'
        ? `Add one: ${typed(stack.name, 'up --pooler')}.`
        : `Add one: ${typed(stack.name, 'replica add')}.`,
  });
}

/** One side for each path. @throws NODE_NOT_FOUND */
export function pathSides(context: BenchContext, through: readonly Path[], workloadOf: WorkloadOf): Side[] {
  return through.map((path) => {
    if (path === 'api') return apiSide(context, path, workloadOf);
    const address = addressOf(context, path);
    return withRounds(context, path, async (random) => {
      const target = await openSqlTarget(address, context.settings.connections);
      return {
        target,
        workload: workloadOf(random),
        tellsSource: false,
        [Symbol.asyncDispose]: () => target.close(),
      };
    });
  });
}
