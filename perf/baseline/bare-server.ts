// What Node.js itself can do: a server that answers every request with the bytes of one answer of the API.
//
// Usage: node --import tsx bare-server.ts URL. It asks that URL once, then prints its own as JSON.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const [url = ''] = process.argv.slice(2);
const model = await fetch(url);
const body = await model.text();
/** Node.js writes these itself, for both sides. */
const byNode = new Set(['connection', 'date', 'keep-alive']);
const headers = Object.fromEntries([...model.headers].filter(([name]) => !byNode.has(name)));

const server = createServer((_request, response) => {
  response.writeHead(200, headers);
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ apiUrl: `http://127.0.0.1:${port}` })}\n`);
});
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
