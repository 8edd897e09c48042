/** What a read proves: it saw the newest acknowledged value, or one that was replaced this long before it began. */
export type ReadProof = { readonly stale: false } | { readonly stale: true; readonly ageMs: number };

interface Acknowledged {
  value: number;
  atMs: number;
}

/** Of each register; a value that is older than all of these gets the age of the oldest. */
const keptValues = 4096;

/**
 * Rows that hold one number each, which only grows: each write of a register takes the next number, whether the one before
 * was acknowledged or not. So a read that returns a lower number than one acknowledged before it began is proved stale, and
 * how old its value is follows from when the next higher one was acknowledged.
 *
 * The rule is that of a register of one writer (Lamport, "On interprocess communication", 1986): a read that does not
 * overlap a write returns the last value written.
 */
export class Registers {
  readonly #written: number[];
  readonly #acknowledged: Acknowledged[][];

  constructor(count: number) {
    this.#written = new Array<number>(count).fill(0);
    this.#acknowledged = Array.from({ length: count }, () => []);
  }

  get count(): number {
    return this.#written.length;
  }

  /** The number for the next write of a register. */
  next(register: number): number {
    const value = (this.#written[register] ?? 0) + 1;
    this.#written[register] = value;
    return value;
  }

  /** A write was acknowledged; to be told in the order of the answers. */
  acknowledged(register: number, value: number, atMs: number): void {
    const values = this.#acknowledged[register];
    // A write that was overtaken adds nothing: a higher one was acknowledged before it.
    if (values === undefined || (values.at(-1)?.value ?? 0) >= value) return;
    values.push({ value, atMs });
    if (values.length > keptValues) values.shift();
  }

  /** What a read that begins now must see at least; to be asked before it is sent. */
  floor(register: number): number {
    return this.#acknowledged[register]?.at(-1)?.value ?? 0;
  }

  /** @param floor what `floor` said when the read began */
  judge(
    register: number,
    value: number,
    { floor, beganAtMs }: { floor: number; beganAtMs: number },
  ): ReadProof {
    if (value >= floor) return { stale: false };
    const newer = this.#acknowledged[register]?.find((each) => each.value > value);
    return { stale: true, ageMs: Math.max(0, beganAtMs - (newer?.atMs ?? beganAtMs)) };
  }
}
