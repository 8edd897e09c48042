import { queryOnce } from '../nodes/postgres/client.js';
import { nodesOfKind, type StackNode } from '../stack/stack.js';
import type { BenchContext } from './context.js';
import { type PgbenchOptions, type PgbenchReport, type PgbenchScript, runPgbench } from './pgbench.js';
import { applicationName } from './products.js';
import type { Side } from './round.js';

/** Inside the stack's network every PostgreSQL server, and HAProxy for writes, listens there. */
const postgresPort = 5432;
const poolerPort = 6432;

interface Endpoint {
  name: string;
  host: string;
  port: number;
  scripts: readonly PgbenchScript[];
}

const endpointOf = ({ name }: StackNode, as: string, scripts: readonly PgbenchScript[]): Endpoint => ({
  name: as,
  host: name,
  port: as === 'pooler' ? poolerPort : postgresPort,
  scripts,
});

function endpointsOf({ stack, primary, replicas }: BenchContext): Endpoint[] {
  const both = ['read', 'insert'] as const;
  const [replica] = replicas;
  return [
    endpointOf(primary, 'primary', both),
    ...nodesOfKind(stack, 'haproxy').map((node) => endpointOf(node, 'proxy', both)),
    ...(replica === undefined ? [] : [endpointOf(replica, 'replica', ['read'])]),
    ...nodesOfKind(stack, 'pgbouncer').map((node) => endpointOf(node, 'pooler', both)),
  ];
}

/** Ends the sessions of pgbench, and with them pgbench: the engine cannot be told to end a program in a container. */
async function endSessions({ access, primary, replicas }: BenchContext): Promise<void> {
  await Promise.allSettled(
    [primary, ...replicas].map((node) =>
      queryOnce(
        access.postgres(node, 'app'),
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1',
        [applicationName],
      ),
    ),
  );
}

async function interruptible<T>(context: BenchContext, work: Promise<T>): Promise<T> {
  const { signal } = context;
  signal?.throwIfAborted();
  const onAbort = (): void => {
    void endSessions(context);
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await work;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

const failuresOf = ({ failed }: PgbenchReport): Record<string, number> =>
  failed === 0 ? {} : { 'failed transaction': failed };

/** Each endpoint with each script that it can run: `read: primary`, `read: proxy`, … */
export function pgSides(context: BenchContext): Side[] {
  const { engine, access, primary, replicas, products, settings } = context;
  const { connections, durationMs, ratePerSecond } = settings;
  const seconds = Math.max(1, Math.ceil(durationMs / 1000));
  const endpoints = endpointsOf(context);
  return (['read', 'insert'] as const).flatMap((script) =>
    endpoints
      .filter(({ scripts }) => scripts.includes(script))
      .map(({ name, host, port }): Side => {
        // Never on the server it asks, where there is another: the way would be shorter than any client's.
        const runsOn = host === primary.name ? (replicas[0] ?? primary) : primary;
        const common: PgbenchOptions = {
          script,
          address: { host, port, password: access.credentials.app },
          ids: products.ids,
          skuPrefix: products.skuPrefix,
          clients: connections,
          seconds,
          applicationName,
        };
        const run = (options: PgbenchOptions): Promise<PgbenchReport> =>
          interruptible(context, runPgbench(engine, runsOn.containerId, options));
        return {
          name: `${script}: ${name}`,
          measure: async () => {
            const closed = await run(common);
            const open = await run({ ...common, ratePerSecond });
            return {
              open: {
                latency: open.latency,
                rateAskedPerSecond: ratePerSecond,
                rateAchievedPerSecond: open.perSecond,
                errors: failuresOf(open),
                sources: null,
                late: null,
                heldBack: 0,
                notSent: 0,
              },
              closed: { perSecond: closed.perSecond, errors: failuresOf(closed) },
              database: null,
              generatorCpu: null,
            };
          },
        };
      }),
  );
}
