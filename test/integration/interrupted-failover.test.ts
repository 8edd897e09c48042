import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestStack, type TestStack } from '../support/stack.js';
import { expectRepaired, killAt, primaryOf, takeOverSteps, writeReplicated } from './interrupted-fixture.js';

// One stack that both tests find healthy, whoever is the primary.
let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack[Symbol.asyncDispose]());

it('a failover killed at any of its steps is repaired: one primary that has all, and a replica that streams', {
  timeout: 600_000,
}, async () => {
  for (const step of ['check haproxy.cfg', ...takeOverSteps]) {
    const sku = await writeReplicated(stack);
    await stack.operation.engine.signalContainer(await stack.containerId(await primaryOf(stack)), 'SIGKILL');
    await killAt(stack, 'failover --promote', step);
    await expectRepaired(stack, sku);
  }
});

it('a rejoin killed at any of its steps is repaired: one primary that has all, and a replica that streams', {
  timeout: 600_000,
}, async () => {
  for (const step of ['inspect', 'follow', 'stream']) {
    const sku = await writeReplicated(stack);
    const old = await primaryOf(stack);
    await stack.halab(`stop ${old}`);
    expect((await stack.halab('failover --promote')).exitCode).toBe(0);
    await killAt(stack, `rejoin ${old}`, step);
    await expectRepaired(stack, sku);
  }
});
