import { expect, it } from 'vitest';
import { walFileName } from '../../../src/nodes/postgres/wal-file.js';

// As pg_walfile_name says it.
it.each([
  [1, '0/1000000', '000000010000000000000001'],
  [3, '0/1C424D8', '000000030000000000000001'],
  [26, '16/B374D848', '0000001A00000016000000B3'],
])('timeline %i at %s is in the WAL file %s', (timeline, lsn, name) => {
  expect(walFileName(timeline, lsn)).toBe(name);
});
