/** Keys of one run end like this: the client that wrote it, and the write's number with it. */
const numbered = /^(.+)-(\d{1,9})$/;

const firstBytes = 1024;

/**
 * A set of the keys of a run. A run of ten minutes writes hundreds of thousands: as strings in a `Set` each takes about
 * 100 bytes, here a bit for each number of a client. Keys of another form are kept as they are.
 */
export class RunKeys implements Iterable<string> {
  readonly #bits = new Map<string, Uint8Array>();
  readonly #others = new Set<string>();
  #size = 0;

  static from(keys: Iterable<string>): RunKeys {
    const made = new RunKeys();
    for (const key of keys) made.add(key);
    return made;
  }

  get size(): number {
    return this.#size;
  }

  add(key: string): void {
    const [, client, digits] = numbered.exec(key) ?? [];
    // A number with a leading zero would come back without it.
    if (client === undefined || digits === undefined || String(Number(digits)) !== digits) {
      this.#size += this.#others.has(key) ? 0 : 1;
      this.#others.add(key);
      return;
    }
    const number = Number(digits);
    const bits = this.#room(client, number);
    const mask = 1 << (number & 7);
    const before = bits[number >> 3] ?? 0;
    this.#size += (before & mask) === 0 ? 1 : 0;
    bits[number >> 3] = before | mask;
  }

  /** Whether it was there. */
  delete(key: string): boolean {
    if (this.#others.delete(key)) {
      this.#size -= 1;
      return true;
    }
    const [, client = '', digits = ''] = numbered.exec(key) ?? [];
    const bits = this.#bits.get(client);
    const number = Number(digits);
    const before = bits?.[number >> 3] ?? 0;
    const mask = 1 << (number & 7);
    if (bits === undefined || digits === '' || String(number) !== digits || (before & mask) === 0)
      return false;
    bits[number >> 3] = before & ~mask;
    this.#size -= 1;
    return true;
  }

  *[Symbol.iterator](): Iterator<string> {
    for (const [client, bits] of this.#bits) {
      for (let number = 0; number < bits.length * 8; number += 1) {
        if (((bits[number >> 3] ?? 0) & (1 << (number & 7))) !== 0) yield `${client}-${number}`;
      }
    }
    yield* this.#others;
  }

  #room(client: string, number: number): Uint8Array {
    const bits = this.#bits.get(client);
    const wanted = (number >> 3) + 1;
    if (bits !== undefined && bits.length >= wanted) return bits;
    const larger = new Uint8Array(Math.max(firstBytes, wanted, (bits?.length ?? 0) * 2));
    if (bits !== undefined) larger.set(bits);
    this.#bits.set(client, larger);
    return larger;
  }
}
