import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { expect } from 'vitest';
import { getStack, nodesOfKind } from '../../src/stack/stack.js';
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

const servers = async (stack: TestStack): Promise<string[]> =>
  nodesOfKind(await getStack(stack.operation.engine, stack.name), 'postgres').map(({ name }) => name);

/** A write that was acknowledged through the proxy and has reached every replica. */
export async function writeReplicated(stack: TestStack): Promise<string> {
  writes += 1;
  const sku = `KEPT-${writes}`;
  const client = new Client({ connectionString: (await stack.endpoints()).writeUrl });
  await client.connect();
  await client.query(`INSERT INTO products (sku, name, price) VALUES ($1, 'Kept', 1)`, [sku]);
  await client.end();
  await expectOnAll(stack, sku);
  return sku;
}

async function expectOnAll(stack: TestStack, sku: string): Promise<void> {
  for (const node of await servers(stack))
    await expect
      .poll(() => stack.sql(node, `SELECT count(*) FROM products WHERE sku = '${sku}'`).catch(String), {
        timeout: 10_000,
      })
      .toBe('1');
}

export async function primaryOf(stack: TestStack): Promise<string> {
  for (const node of await servers(stack))
    if ((await stack.sql(node, 'SELECT pg_is_in_recovery()')) === 'f') return node;
  throw new Error('There is no primary.');
}

/** What holds after each interruption: `repair` leads to a healthy stack that has what it acknowledged. */
export async function expectRepaired(stack: TestStack, sku: string): Promise<void> {
  const { exitCode, data } = await stack.halabJson('repair --yes');
  expect({ exitCode, data }).toMatchObject({ exitCode: 0, data: { healthy: true, findings: [] } });
  await stack.untilHealthy();
  await expectOnAll(stack, sku);
  expect(await stack.halabJson('repair')).toMatchObject({ exitCode: 0, data: { steps: [] } });
}

/** From the stop of the old primary on, a failover and a switchover take the same steps. */
export const takeOverSteps = [
  'stop old primary',
  'replay',
  'promote',
  'point proxy',
  'verify',
  'fence old primary',
  'keep WAL',
];
