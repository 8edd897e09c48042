/** A place in the WAL of a primary: a later timeline counts more than any LSN of an earlier one. */
export interface WalPosition {
  timeline: number;
  /** Bytes since the beginning of WAL. */
  lsn: bigint;
}

/** Where no server has come yet: a read with it goes to the primary. */
export const beyondEveryPosition: WalPosition = { timeline: 0xffff_ffff, lsn: 0xffff_ffff_ffff_ffffn };

const form = /^([1-9]\d{0,9})-([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i;

/** From `TIMELINE-LSN`, such as `1-0/3045F78`; undefined when it has another form. */
export function parseWalPosition(text: string): WalPosition | undefined {
  const [, timeline, high, low] = form.exec(text) ?? [];
  if (timeline === undefined || high === undefined || low === undefined) return undefined;
  if (Number(timeline) > beyondEveryPosition.timeline) return undefined;
  return { timeline: Number(timeline), lsn: (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`) };
}

/** `TIMELINE-LSN`, the LSN in PostgreSQL's own form. */
export function formatWalPosition({ timeline, lsn }: WalPosition): string {
  const hex = (half: bigint): string => half.toString(16).toUpperCase();
  return `${timeline}-${hex(lsn >> 32n)}/${hex(lsn & 0xffff_ffffn)}`;
}

export function laterPosition(a: WalPosition, b: WalPosition | undefined): WalPosition {
  if (b === undefined || a.timeline > b.timeline) return a;
  return a.timeline === b.timeline && a.lsn >= b.lsn ? a : b;
}

/**
 * Whether a server that receives a timeline and has replayed up to an LSN holds what was written before `target`. The
 * LSN alone decides where a replica replays an older timeline than it receives: it is then before the fork, and so
 * below whatever was written after it.
 */
export function holdsPosition(server: WalPosition, target: WalPosition): boolean {
  return server.timeline >= target.timeline && server.lsn >= target.lsn;
}
