import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planTestStack, type TestStack } from '../support/stack.js';
import { type Expected, expectOperations, type FaultName } from './matrix-fixture.js';

// One stack that every test finds healthy, whoever is the primary.
let stack: TestStack;
beforeAll(async () => {
  stack = await planTestStack();
  const { exitCode, data } = await stack.halabJson('up --replicas 2 --sync on --pooler --ports auto');
  expect(exitCode, JSON.stringify(data)).toBe(0);
});
afterAll(() => stack[Symbol.asyncDispose]());

describe('with two replicas, synchronous replication and a pooler, a fault of the primary', () => {
  it.for<[FaultName, Expected]>([
    ['kill', { switchover: 4, failover: 0 }],
    ['pause', { switchover: 4, failover: 0 }],
    ['crash', { switchover: 4, failover: 0 }],
    ['partition', { switchover: 4, failover: 0 }],
    ['wipe', { switchover: 4, failover: 0 }],
  ])('%s: a failover promotes one, the other follows, and a repair brings it back', ([fault, expected]) =>
    expectOperations(stack, { fault, on: 'primary', expected }),
  );
});

describe('with two replicas, synchronous replication and a pooler, a fault of a replica', () => {
  it.for<[FaultName, Expected]>([
    ['kill', { switchover: 0, failover: 4 }],
    ['pause', { switchover: 4, failover: 4 }],
    ['partition', { switchover: 4, failover: 4 }],
    ['lag', { switchover: 0, failover: 4 }],
    ['wipe', { switchover: 0, failover: 4 }],
  ])('%s: a switchover takes the other where this one does not hang', ([fault, expected]) =>
    expectOperations(stack, { fault, on: 'replica', expected }),
  );
});
