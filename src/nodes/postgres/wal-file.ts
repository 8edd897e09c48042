import { lsnToBytes } from './lsn.js';

/** What initdb makes without another order. */
const segmentBytes = 16n * 1024n * 1024n;
const segmentsPerId = 0x1_0000_0000n / segmentBytes;

const hex = (number: bigint): string => number.toString(16).toUpperCase().padStart(8, '0');

/** What the name of every WAL file of a timeline begins with. */
export const walFilePrefix = (timeline: number): string => hex(BigInt(timeline));

/** The name of the WAL file that holds a position (PostgreSQL manual, pg_walfile_name). */
export function walFileName(timeline: number, lsn: string): string {
  const segment = lsnToBytes(lsn) / segmentBytes;
  return `${walFilePrefix(timeline)}${hex(segment / segmentsPerId)}${hex(segment % segmentsPerId)}`;
}
