/** An LSN as PostgreSQL writes it (`16/B374D848`) as a position in the WAL, in bytes. */
export function lsnToBytes(lsn: string): bigint {
  const [high = '0', low = '0'] = lsn.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

/** Bytes of WAL between two positions; negative when `to` is the earlier one. */
export const lsnDistance = (from: string, to: string): number => Number(lsnToBytes(to) - lsnToBytes(from));
