import { expect, it } from 'vitest';
import { firstChunk, spawnHalab } from '../support/halab-process.js';
import { startTestStack } from '../support/stack.js';

interface Attempt {
  status: number;
  outcome: string | undefined;
}

async function post(apiUrl: string, key: string): Promise<Attempt> {
  const response = await fetch(`${apiUrl}/products`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ sku: key, name: 'A lamp', price: '12.50' }),
  });
  const { outcome } = (await response.json()) as { outcome?: string };
  return { status: response.status, outcome };
}

it('clients that repeat their POSTs across a failover make one product each, and are never told that a write did not happen', async () => {
  await using stack = await startTestStack();
  const api = spawnHalab(['serve', '--stack', stack.name, '--port', '0', '--write-wait', '60s', '--json']);
  try {
    const { apiUrl } = JSON.parse(await firstChunk(api.stdout)) as { apiUrl: string };
    const failed: Attempt[] = [];
    const keys: string[] = [];
    let running = true;
    const client = async (name: string): Promise<void> => {
      for (let n = 1; running; n += 1) {
        const key = `${name}-${n}`;
        keys.push(key);
        for (let attempt = await post(apiUrl, key); attempt.status !== 201; attempt = await post(apiUrl, key))
          failed.push(attempt);
      }
    };
    const clients = ['a', 'b', 'c', 'd'].map(client);
    await expect.poll(() => keys.length, { timeout: 20_000 }).toBeGreaterThan(100);
    expect(await stack.halab('failover --promote db-replica --force')).toMatchObject({ exitCode: 0 });
    const afterwards = keys.length + 100;
    await expect.poll(() => keys.length, { timeout: 30_000 }).toBeGreaterThan(afterwards);
    running = false;
    await Promise.all(clients);

    // A connection that was cut leaves the client in doubt; its key takes it out of it.
    for (const attempt of failed) expect(attempt).toEqual({ status: 503, outcome: 'unknown' });
    // What the old primary had not sent is lost with its key, and made again.
    for (const key of keys) expect(await post(apiUrl, key)).toMatchObject({ status: 201 });
    const rows = await stack.sql('db-replica', `SELECT sku FROM products WHERE sku ~ '^[abcd]-[0-9]+$'`);
    expect(rows.split('\n').toSorted()).toEqual(keys.toSorted());
  } finally {
    api.kill('SIGTERM');
    await api;
  }
});
