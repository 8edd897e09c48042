import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { expect } from 'vitest';
import { spawnHalab } from '../support/halab-process.js';
import type { TestStack } from '../support/stack.js';

/** Runs halab and kills it the moment it says that it begins this step; a last, short one may be over by then. */
export async function killAt(stack: TestStack, line: string, step: string): Promise<void> {
  const halab = spawnHalab([...line.split(' '), '--stack', stack.name]);
  let seen = false;
  for await (const text of createInterface({ input: halab.stderr })) {
    if (seen || !text.startsWith('{')) continue;
    const event = JSON.parse(text) as { type: string; id?: string };
    if (event.type !== 'step.started' || event.id !== step) continue;
    seen = true;
    halab.kill('SIGKILL');
  }
  await halab;
  expect([step, seen]).toEqual([step, true]);
}

let writes = 0;

/** A write that was acknowledged through the proxy and has reached the replica. */
export async function writeReplicated(stack: TestStack): Promise<string> {
  writes += 1;
  const sku = `KEPT-${writes}`;
  const client = new Client({ connectionString: (await stack.endpoints()).writeUrl });
  await client.connect();
  await client.query(`INSERT INTO products (sku, name, price) VALUES ($1, 'Kept', 1)`, [sku]);
  await client.end();
  await expectOnBoth(stack, sku);
  return sku;
}

async function expectOnBoth(stack: TestStack, sku: string): Promise<void> {
  for (const node of ['db-primary', 'db-replica'])
    await expect
      .poll(() => stack.sql(node, `SELECT count(*) FROM products WHERE sku = '${sku}'`).catch(String), {
        timeout: 10_000,
      })
      .toBe('1');
}

export const primaryOf = async (stack: TestStack): Promise<string> =>
  (await stack.sql('db-primary', 'SELECT pg_is_in_recovery()')) === 'f' ? 'db-primary' : 'db-replica';

/** What holds after each interruption: `repair` leads to a healthy stack that has what it acknowledged. */
export async function expectRepaired(stack: TestStack, sku: string): Promise<void> {
  const { exitCode, data } = await stack.halabJson('repair --yes');
  expect({ exitCode, data }).toMatchObject({ exitCode: 0, data: { healthy: true, findings: [] } });
  await stack.untilHealthy();
  await expectOnBoth(stack, sku);
  expect(await stack.halabJson('repair')).toMatchObject({ exitCode: 0, data: { steps: [] } });
}
