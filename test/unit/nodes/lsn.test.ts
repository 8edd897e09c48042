import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lsnDistance, lsnToBytes } from '../../../src/nodes/postgres/lsn.js';

const format = (bytes: bigint): string =>
  `${(bytes >> 32n).toString(16)}/${(bytes & 0xffffffffn).toString(16)}`.toUpperCase();

describe('an LSN', () => {
  it('is a position in bytes: the part before the slash counts 4 GiB', () => {
    expect(lsnToBytes('0/1C1EF20')).toBe(0x1c1ef20n);
    expect(lsnToBytes('1/0')).toBe(0x1_0000_0000n);
  });

  it('has a distance to another, as PostgreSQL computes it by subtraction', () => {
    expect(lsnDistance('0/FFFFFFFF', '1/0')).toBe(1);
    expect(lsnDistance('1/0', '0/FFFFFFFF')).toBe(-1);
  });

  it('keeps every position', () => {
    fc.assert(fc.property(fc.bigInt(0n, 2n ** 63n), (bytes) => lsnToBytes(format(bytes)) === bytes));
  });
});
