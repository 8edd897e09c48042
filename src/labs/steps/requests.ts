import Type from 'typebox';
import { getAtOnce, openHttpClient } from '../../measure/http-exchange.js';
import { queryOnce } from '../../nodes/postgres/client.js';
import { postgresUrl } from '../../nodes/postgres/url.js';
import { expireProduct } from '../../nodes/redis/expire.js';
import { openAccess } from '../../stack/access.js';
import { getNode, getStack, requireRunning } from '../../stack/stack.js';
import { countQueries } from '../context/count-queries.js';
import { ApiSchema, settingsOf } from '../language/api-settings.js';
import { Duration, msOf, NodeWord } from '../language/words.js';
import { defineStep } from './step-kind.js';

const answerTimeoutMs = 10_000;

/** `sql: SELECT pg_promote()`, `node: replica`: as superuser, in the database of the application. */
export const sql = defineStep(
  { sql: Type.String(), node: NodeWord },
  {
    text: ({ sql: text, node }) => `on ${node}: ${text}`,
    run: async ({ operation: { engine }, stack: name, node: named }, { sql: text, node }) => {
      const stack = await getStack(engine, name);
      const access = await openAccess(engine, stack);
      const target = requireRunning(getNode(stack, named(node), 'postgres'));
      const rows = await queryOnce<Record<string, unknown>>(
        access.postgres(target, 'postgres'),
        text,
        [],
        answerTimeoutMs,
      );
      return rows.length === 0 ? 'done' : JSON.stringify(rows[0]);
    },
  },
);

/** `insert: 20`, `node: replica`: rows, one after the other, straight into one server and past the proxy. */
export const insert = defineStep(
  { insert: Type.Integer({ minimum: 1, maximum: 10_000 }), node: NodeWord },
  {
    text: ({ insert: rows, node }) => `insert ${rows} rows straight into ${node}`,
    run: async (
      { operation: { engine }, stack: name, node: named, load, windows },
      { insert: rows, node },
    ) => {
      const stack = await getStack(engine, name);
      const access = await openAccess(engine, stack);
      const target = requireRunning(getNode(stack, named(node), 'postgres'));
      const acknowledged = await load.insert(postgresUrl(access.postgres(target, 'app')), rows);
      windows.note('inserted', acknowledged);
      windows.note('refused', rows - acknowledged);
      return `${acknowledged} acknowledged, ${rows - acknowledged} refused`;
    },
  },
);

/** `api: { reads: read-your-writes }`: the products API answers in another way from here on. */
export const api = defineStep(
  {
    api: ApiSchema,
  },
  {
    text: (step) =>
      `the API, from here on: ${Object.entries(step.api)
        .map(([key, value]) => `${key} ${String(value)}`)
        .join(', ')}`,
    run: async (context, step) => {
      context.apiSettings = settingsOf(step.api);
      await context.api.use(context.apiSettings);
      return 'replaced';
    },
  },
);

/** `fetch: 1`, `clients: 200`: the cached value of a product expires, and so many ask for it at one moment. */
export const fetchExpired = defineStep(
  {
    fetch: Type.Integer({ minimum: 1 }),
    clients: Type.Integer({ minimum: 1, maximum: 1000 }),
  },
  {
    text: ({ fetch: id, clients }) => `product ${id} expires, and ${clients} clients ask for it at once`,
    run: async (context, { fetch: id, clients: count }) => {
      const { operation, stack: name, windows } = context;
      const stack = await getStack(operation.engine, name);
      const access = await openAccess(operation.engine, stack);
      const clients = Array.from({ length: count }, () =>
        openHttpClient({ baseUrl: context.api.url, answerTimeoutMs }),
      );
      try {
        // Each has its connection before the moment comes.
        await Promise.all(clients.map((client) => client.get('/healthz')));
        const { result: answers, queries } = await countQueries(context, async () => {
          await expireProduct(access.redis(), id);
          const got = await getAtOnce(clients, `/products/${id}`);
          return got.filter((each) => each.kind === 'answered' && each.status === 200).length;
        });
        windows.note('answers', answers);
        windows.note('queries', queries);
        return `${answers} answers, ${queries} queries at the databases`;
      } finally {
        for (const client of clients) client.close();
      }
    },
  },
);

/** `count: queries`, `for: 3s`: what the databases are asked for while the clients go on. */
export const count = defineStep(
  { count: Type.Literal('queries'), for: Duration },
  {
    text: (step) => `count the queries at the databases for ${step.for}`,
    run: async (context, step) => {
      const { clock, signal } = context.operation;
      const { queries } = await countQueries(context, () => clock.sleep(msOf(step.for), signal));
      context.windows.note('queries', queries);
      return `${queries} queries`;
    },
  },
);
