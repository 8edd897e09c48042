// What Fastify with Redis can do: one GET for each request, pipelined by ioredis, its bytes passed on as they are. No
// metrics, no request ids, no entity tags, no fallback.
//
// Usage: REDIS_URL=URL node --import tsx fastify-redis.ts; prints its own URL as JSON.
import { fastify } from 'fastify';
import { Redis } from 'ioredis';

const redis = new Redis(process.env['REDIS_URL'] ?? '', {
  enableAutoPipelining: true,
  enableReadyCheck: false,
  disableClientInfo: true,
});
const app = fastify({ forceCloseConnections: true });
app.get('/products/:id', async (request, reply) => {
  const { id } = request.params as { id: string };
  const json = await redis.get(`product:${id}`);
  void reply.code(json === null ? 404 : 200).header('content-type', 'application/json; charset=utf-8');
  return reply.send(`{"source":"cache","data":${json}}`);
});
const apiUrl = await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${JSON.stringify({ apiUrl })}\n`);
process.once('SIGTERM', () => {
  redis.disconnect();
  void app.close();
});
