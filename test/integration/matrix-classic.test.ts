import { afterAll, beforeAll, describe, it } from 'vitest';
import { startTestStack, type TestStack } from '../support/stack.js';
import { type Expected, expectOperations, type FaultName } from './matrix-fixture.js';

// One stack that every test finds healthy, whoever is the primary.
let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack[Symbol.asyncDispose]());

describe('with one replica, a fault of the primary', () => {
  it.for<[FaultName, Expected]>([
    ['kill', { switchover: 4, failover: 0 }],
    ['stop', { switchover: 4, failover: 0 }],
    ['pause', { switchover: 4, failover: 0 }],
    ['crash', { switchover: 4, failover: 0 }],
    ['partition', { switchover: 4, failover: 0 }],
    ['wipe', { switchover: 4, failover: 0 }],
  ])('%s: a switchover needs it, a failover does without, and a repair brings it back', ([fault, expected]) =>
    expectOperations(stack, { fault, on: 'primary', expected }),
  );
});

describe('with one replica, a fault of the replica', () => {
  it.for<[FaultName, Expected]>([
    ['kill', { switchover: 4, failover: 4 }],
    ['stop', { switchover: 4, failover: 4 }],
    ['pause', { switchover: 4, failover: 4 }],
    ['crash', { switchover: 4, failover: 4 }],
    ['partition', { switchover: 4, failover: 4 }],
    ['lag', { switchover: 4, failover: 4 }],
    ['wipe', { switchover: 4, failover: 4 }],
  ])('%s: nothing can be promoted, the primary goes on, and a repair brings it back', ([fault, expected]) =>
    expectOperations(stack, { fault, on: 'replica', expected }),
  );
});
