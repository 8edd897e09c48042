import { lsnToBytes } from './lsn.js';

/** Rows that the discarded transactions changed in one table. */
interface ChangedRows {
  /** Relation file number; the same on every server of a stack until the table is rewritten. */
  relfilenode: number;
  inserted: number;
  updated: number;
  deleted: number;
}

/** What a server's WAL holds past a position. */
export interface WalPast {
  /** The end of its last record. */
  endLsn: string;
  bytes: number;
  /** Transactions that were committed there. */
  transactions: number;
  rows: ChangedRows[];
}

interface WalRecord {
  rmgr: string;
  bytes: number;
  transaction: number;
  lsn: string;
  description: string;
}

const recordPattern =
  /^rmgr: (\S+)\s+len \(rec\/tot\):\s*\d+\/\s*(\d+), tx:\s*(\d+), lsn: ([0-9A-F]+\/[0-9A-F]+), prev \S+, desc: (.*)$/;

function* recordsOf(waldump: string): Generator<WalRecord> {
  for (const line of waldump.split('\n')) {
    const [, rmgr, bytes, transaction, lsn, description] = recordPattern.exec(line) ?? [];
    if (rmgr === undefined || lsn === undefined || description === undefined) continue;
    yield { rmgr, bytes: Number(bytes), transaction: Number(transaction), lsn, description };
  }
}

/** Records are aligned to 8 bytes (MAXALIGN). */
function endOf({ lsn, bytes }: WalRecord): string {
  const end = (lsnToBytes(lsn) + BigInt(bytes) + 7n) & ~7n;
  return `${(end >> 32n).toString(16).toUpperCase()}/${(end & 0xffffffffn).toString(16).toUpperCase()}`;
}

type Change = 'inserted' | 'updated' | 'deleted';

/** The row change that a heap record describes, and in how many rows. */
function changeOf({ rmgr, description }: WalRecord): { change: Change; rows: number } | undefined {
  if (rmgr === 'Heap2' && description.startsWith('MULTI_INSERT')) {
    return { change: 'inserted', rows: Number(/ntuples: (\d+)/.exec(description)?.[1] ?? 1) };
  }
  if (rmgr !== 'Heap') return undefined;
  if (description.startsWith('INSERT')) return { change: 'inserted', rows: 1 };
  if (/^(HOT_)?UPDATE/.test(description)) return { change: 'updated', rows: 1 };
  return description.startsWith('DELETE') ? { change: 'deleted', rows: 1 } : undefined;
}

/**
 * Counts what pg_waldump printed from a position on. Only committed transactions count: what others wrote was never
 * seen by anybody. A transaction with subtransactions is counted by its top; rows of its subtransactions are not.
 */
export function readWaldump(waldump: string, from: string): WalPast {
  const committed = new Set<number>();
  const changes: { transaction: number; relfilenode: number; change: Change; rows: number }[] = [];
  let last: WalRecord | undefined;
  for (const record of recordsOf(waldump)) {
    last = record;
    if (record.rmgr === 'Transaction' && record.description.startsWith('COMMIT'))
      committed.add(record.transaction);
    const change = changeOf(record);
    const relfilenode = /blkref #0: rel \d+\/\d+\/(\d+)/.exec(record.description)?.[1];
    if (change === undefined || relfilenode === undefined) continue;
    changes.push({ ...change, transaction: record.transaction, relfilenode: Number(relfilenode) });
  }
  const rows = new Map<number, ChangedRows>();
  for (const { transaction, relfilenode, change, rows: count } of changes) {
    if (!committed.has(transaction)) continue;
    const sum = rows.get(relfilenode) ?? { relfilenode, inserted: 0, updated: 0, deleted: 0 };
    sum[change] += count;
    rows.set(relfilenode, sum);
  }
  const endLsn = last === undefined ? from : endOf(last);
  return {
    endLsn,
    bytes: Number(lsnToBytes(endLsn) - lsnToBytes(from)),
    transactions: committed.size,
    rows: [...rows.values()],
  };
}
