import { expect } from 'vitest';
import type { Snapshot } from '../../src/stack/snapshot.js';
import type { TestStack } from '../support/stack.js';
import { expectRepaired, primaryOf, writeReplicated } from './interrupted-fixture.js';

/** What the world does to a node, as halab does it. */
export type FaultName = 'kill' | 'stop' | 'pause' | 'crash' | 'partition' | 'lag' | 'wipe';

/** Exit codes: 0 done, 4 refused with nothing changed. */
export interface Expected {
  switchover: 0 | 4;
  failover: 0 | 4;
}

/** A switchover and then a failover on a stack with a fault; a repair brings it back whatever they did. */
export async function expectOperations(
  stack: TestStack,
  { fault, on, expected }: { fault: FaultName; on: 'primary' | 'replica'; expected: Expected },
): Promise<void> {
  const primary = await primaryOf(stack);
  const { nodes } = (await stack.halabJson('status')).data as Snapshot;
  const replica = nodes.find(({ role }) => role?.found === 'replica')?.name ?? '';
  const node = on === 'primary' ? primary : replica;
  const sku = await writeReplicated(stack);
  expect((await stack.halab(`fault ${fault} ${node}`)).exitCode).toBe(0);
  const switchover = await stack.halab('switchover --max-pause 1s');
  const failover = await stack.halab('failover --promote');
  const exits = { switchover: switchover.exitCode, failover: failover.exitCode };
  expect(exits, [switchover.stderr, failover.stderr].join('\n')).toEqual(expected);
  await expectRepaired(stack, sku);
}
