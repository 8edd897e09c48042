import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Registers } from '../../../src/measure/registers.js';

describe('a read of a register', () => {
  it('that returns a value older than one acknowledged before it began is stale, by the time since that', () => {
    const registers = new Registers(1);
    for (const atMs of [100, 200, 300]) registers.acknowledged(0, registers.next(0), atMs);
    const floor = registers.floor(0);
    expect(registers.judge(0, 3, { floor, beganAtMs: 350 })).toEqual({ stale: false });
    expect(registers.judge(0, 2, { floor, beganAtMs: 350 })).toEqual({ stale: true, ageMs: 50 });
    // The value 2 replaced it at 200.
    expect(registers.judge(0, 1, { floor, beganAtMs: 350 })).toEqual({ stale: true, ageMs: 150 });
    expect(registers.judge(0, 0, { floor, beganAtMs: 350 })).toEqual({ stale: true, ageMs: 250 });
  });

  it('that overlaps a write may return either value', () => {
    const registers = new Registers(1);
    registers.acknowledged(0, registers.next(0), 100);
    const floor = registers.floor(0);
    // Acknowledged while the read is on its way.
    registers.acknowledged(0, registers.next(0), 200);
    for (const value of [1, 2])
      expect(registers.judge(0, value, { floor, beganAtMs: 150 })).toEqual({ stale: false });
  });

  it('may see a write whose answer never came', () => {
    const registers = new Registers(1);
    registers.next(0);
    expect(registers.judge(0, 1, { floor: registers.floor(0), beganAtMs: 10 })).toEqual({ stale: false });
  });

  it('is never proved stale by a server that answers with its newest value', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('write', 'lost answer', 'read'), { maxLength: 60 }),
        (operations) => {
          const registers = new Registers(1);
          let stored = 0;
          for (const [atMs, operation] of operations.entries()) {
            if (operation === 'read') {
              const floor = registers.floor(0);
              expect(registers.judge(0, stored, { floor, beganAtMs: atMs })).toEqual({ stale: false });
              continue;
            }
            stored = registers.next(0);
            if (operation === 'write') registers.acknowledged(0, stored, atMs);
          }
        },
      ),
    );
  });
});
