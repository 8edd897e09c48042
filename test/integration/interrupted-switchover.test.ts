import { it } from 'vitest';
import { startTestStack } from '../support/stack.js';
import { expectRepaired, killAt, takeOverSteps, writeReplicated } from './interrupted-fixture.js';

it('a switchover killed at any of its steps is repaired: one primary that has all, and a replica that streams', {
  timeout: 600_000,
}, async () => {
  await using stack = await startTestStack();
  for (const step of [
    'check haproxy.cfg',
    'checkpoint',
    'hold connections',
    'cut sessions',
    'catch up',
    ...takeOverSteps,
    'follow',
    'inspect',
    'stream',
  ]) {
    const sku = await writeReplicated(stack);
    await killAt(stack, 'switchover', step);
    await expectRepaired(stack, sku);
  }
});
