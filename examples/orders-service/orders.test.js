import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from 'halab';
import pg from 'pg';
import { startOrders } from './orders.js';

let stack;
let service;

before(async () => {
  // Acknowledged means: on the primary and its replica.
  stack = await startStack({ sync: 'on' });
  await migrate((await stack.superuserEndpoints()).writeUrl);
  service = await startOrders({ databaseUrl: stack.endpoints.writeUrl });
});

after(async () => {
  await service?.close();
  await stack?.down();
});

async function migrate(databaseUrl) {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    await client.query(await readFile(new URL('schema.sql', import.meta.url), 'utf8'));
  } finally {
    await client.end();
  }
}

async function ask(id, options) {
  const response = await fetch(`${service.url}/orders/${id}`, options);
  // The next request gets the connection only when the body was read.
  await response.arrayBuffer();
  return response.status;
}

const place = (id) => ask(id, { method: 'PUT', body: JSON.stringify({ item: 'a chair', quantity: 4 }) });
const read = (id) => ask(id);

/** Asks again while the service says that its database is away, as a client may whose request has the same effect twice. */
async function patiently(request) {
  const deadline = AbortSignal.timeout(10_000);
  for (;;) {
    const status = await request();
    if (status !== 503) return status;
    deadline.throwIfAborted();
    await sleep(5);
  }
}

/** Customers that place one order after another until they are told to stop. */
function startCustomers(count) {
  const acknowledged = [];
  const refused = [];
  let open = true;
  const customer = async () => {
    while (open) {
      const id = randomUUID();
      ((await place(id)) === 201 ? acknowledged : refused).push(id);
      await sleep(5);
    }
  };
  const customers = Promise.all(Array.from({ length: count }, customer));
  return {
    acknowledged,
    refused,
    /** Waits until so many more orders were acknowledged. */
    async more(wanted) {
      const enough = acknowledged.length + wanted;
      const deadline = AbortSignal.timeout(20_000);
      while (acknowledged.length < enough) {
        deadline.throwIfAborted();
        await sleep(5);
      }
    },
    stop() {
      open = false;
      return customers;
    },
  };
}

test('the service survives the death of its primary, and loses no order that it acknowledged', async (t) => {
  const customers = startCustomers(4);
  try {
    await customers.more(50);
    await stack.fault('kill', 'db-primary');
    const { promoted } = await stack.failover();
    assert.equal(promoted, 'db-replica');
    // It found the new primary by itself: nobody restarted it.
    await customers.more(50);
  } finally {
    await customers.stop();
  }

  let lost = 0;
  for (const id of customers.acknowledged) if ((await patiently(() => read(id))) !== 200) lost += 1;
  t.diagnostic(
    `${customers.acknowledged.length} orders acknowledged, ${customers.refused.length} refused, ${lost} lost`,
  );
  assert.equal(lost, 0);
  assert.ok(customers.refused.length > 0, 'nobody noticed the fault');
});

test('a planned swap of the roles costs its customers nothing but a moment, and no order is placed twice', async () => {
  const { findings } = await stack.repair({ discard: true });
  assert.deepEqual(findings, []);

  let swapped = false;
  let orders = 0;
  const customer = async () => {
    while (!swapped) {
      const id = randomUUID();
      // The same id every time: an order whose answer was lost is the same order.
      assert.equal(await patiently(() => place(id)), 201);
      assert.equal(await patiently(() => read(id)), 200);
      orders += 1;
    }
  };
  const swap = stack.switchover().finally(() => {
    swapped = true;
  });
  const [{ primary }] = await Promise.all([swap, customer()]);
  assert.equal(primary, 'db-primary');
  assert.ok(orders > 0);
});
