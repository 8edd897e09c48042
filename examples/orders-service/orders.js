import { createServer } from 'node:http';
import pg from 'pg';

// The client chose the id, so an order that is sent again, because its answer was lost, is the same order.
const placeOrder = 'INSERT INTO orders (id, item, quantity) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING';
const findOrder = 'SELECT id, item, quantity FROM orders WHERE id = $1';

async function readJson(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}

/** Answers one request with a status and a body. */
async function answer(pool, request) {
  const [, id] = /^\/orders\/([0-9a-f-]{36})$/.exec(request.url) ?? [];
  if (id === undefined) return [404, { error: 'There is only /orders/ID.' }];
  if (request.method === 'GET') {
    const { rows } = await pool.query(findOrder, [id]);
    return rows.length === 0 ? [404, { error: 'There is no such order.' }] : [200, rows[0]];
  }
  if (request.method === 'PUT') {
    const { item, quantity } = await readJson(request);
    await pool.query(placeOrder, [id, item, quantity]);
    return [201, { id, item, quantity }];
  }
  return [405, { error: 'Orders are placed by PUT and read by GET.' }];
}

/**
 * The orders service: `PUT /orders/ID` places an order, `GET /orders/ID` reads it. While the database is away it answers 503,
 * and it goes on by itself when the database is back.
 */
export async function startOrders({ databaseUrl, port = 0 }) {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 1000,
    query_timeout: 1000,
  });
  // The pool replaces a connection that broke while nobody used it.
  pool.on('error', () => undefined);
  const server = createServer((request, response) => {
    answer(pool, request)
      .catch((error) => [503, { error: error.message }])
      .then(([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      });
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await pool.end();
    },
  };
}
