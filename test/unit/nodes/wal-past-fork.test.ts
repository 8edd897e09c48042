import { describe, expect, it } from 'vitest';
import { readWaldump } from '../../../src/nodes/postgres/wal-past-fork.js';

const record = (rmgr: string, bytes: number, tx: number, lsn: string, desc: string): string =>
  `rmgr: ${rmgr.padEnd(11)} len (rec/tot): ${String(bytes).padStart(6)}/${String(bytes).padStart(6)}, tx: ${String(tx).padStart(10)}, lsn: ${lsn}, prev 0/03000148, desc: ${desc}`;
const onTable = (what: string): string => `${what}, blkref #0: rel 1663/16388/16396 blk 0`;

describe('what pg_waldump prints past a fork', () => {
  it('is counted by transaction, table and row', () => {
    const dump = [
      record('Heap', 79, 740, '0/03000180', onTable('INSERT off: 5, flags: 0x00')),
      record('Btree', 64, 740, '0/030001D0', 'INSERT_LEAF off: 5, blkref #0: rel 1663/16388/16400 blk 1'),
      record('Heap', 70, 740, '0/03000210', onTable('HOT_UPDATE old_xmax: 740, old_off: 1')),
      record('Heap2', 200, 740, '0/03000258', onTable('MULTI_INSERT ntuples: 3, flags: 0x02')),
      record('Heap', 54, 740, '0/03000320', onTable('DELETE xmax: 740, off: 2')),
      record('Transaction', 34, 740, '0/03000358', 'COMMIT 2026-11-23 10:00:00.000000 UTC'),
    ].join('\n');
    expect(readWaldump(dump, '0/3000180')).toEqual({
      endLsn: '0/3000380',
      bytes: 0x200,
      transactions: 1,
      rows: [{ relfilenode: 16396, inserted: 4, updated: 1, deleted: 1 }],
    });
  });

  it('leaves out what was rolled back, or never ended: nobody was told that it is there', () => {
    const dump = [
      record('Heap', 79, 741, '0/03000180', onTable('INSERT off: 5')),
      record('Transaction', 34, 741, '0/030001D0', 'ABORT 2026-11-23 10:00:00.000000 UTC'),
      record('Heap', 79, 742, '0/030001F8', onTable('INSERT off: 6')),
    ].join('\n');
    expect(readWaldump(dump, '0/3000180')).toMatchObject({ transactions: 0, rows: [] });
  });

  it('is nothing where the WAL ends at the fork', () => {
    expect(readWaldump('', '0/3000180')).toEqual({
      endLsn: '0/3000180',
      bytes: 0,
      transactions: 0,
      rows: [],
    });
  });
});
