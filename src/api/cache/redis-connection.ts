import { Redis } from 'ioredis';

/** A client that fails at once while Redis is away, and comes back by itself. */
export function openRedis(url: string): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    // The readiness check is INFO, which the application's user may not call (@dangerous).
    enableReadyCheck: false,
    disableClientInfo: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 1_000,
    // Bounds the log-in as well, and gives up a connection that has gone silent.
    commandTimeout: 1_000,
    socketTimeout: 1_000,
    // Armed for a socket that has closed already, too: it would hold up a stop while Redis is away.
    disconnectTimeout: 100,
    keepAlive: 1_000,
    retryStrategy: () => 200,
  });
  return redis;
}

/**
 * Rejects when Redis does not answer within the patience; the answer is then ignored. A process that was itself held
 * up runs its timers before it reads its sockets, so an answer that lies there already is read first.
 */
export function withPatience<T>(answer: Promise<T>, patienceMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      setImmediate(() => {
        reject(new Error('No answer from Redis in time'));
      });
    }, patienceMs);
    answer.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}

/** Deletes every key that begins with `prefix`, without KEYS or a flush, in steps that hold Redis up briefly. */
export async function deleteByPrefix(redis: Redis, prefix: string): Promise<void> {
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 500);
    if (keys.length > 0) await redis.unlink(keys);
    cursor = next;
  } while (cursor !== '0');
}
