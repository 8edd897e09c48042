import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunKeys } from '../../../src/measure/run-keys.js';

/** Keys as runs make them, and some of any other form. */
const key = fc.oneof(
  fc
    .tuple(fc.constantFrom('lab-a-proxy1', 'lab-a-api2'), fc.nat(9000))
    .map(([client, n]) => `${client}-${n}`),
  fc.constantFrom('', '-', '-1', 'x-01', 'x-1-', 'lab-a-proxy1-', 'Ünïcode-7', 'x-9999999999'),
  fc.string({ maxLength: 8 }),
);

describe('the keys of a run', () => {
  it('behave as a set of strings does', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 80 }), fc.array(key, { maxLength: 40 }), (added, removed) => {
        const keys = RunKeys.from(added);
        const set = new Set(added);
        for (const each of removed) expect([each, keys.delete(each)]).toEqual([each, set.delete(each)]);
        expect([...keys].toSorted()).toEqual([...set].toSorted());
        expect(keys.size).toBe(set.size);
      }),
    );
  });
});
