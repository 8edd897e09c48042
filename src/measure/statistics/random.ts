/** A source of numbers from 0 to below 1. The same seed gives the same numbers on every machine. */
export type Random = () => number;

type State = [number, number, number, number];

const rotateLeft = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

/**
 * xoshiro128** 1.1 of Blackman and Vigna (https://prng.di.unimi.it/xoshiro128starstar.c): whole numbers of 32 bits.
 *
 * @param state not all 0
 */
export function xoshiro128(state: Readonly<State>): () => number {
  let [a, b, c, d] = state;
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
}

/** @param seed a whole number; its lower 32 bits count */
export function seededRandom(seed: number): Random {
  // The authors of xoshiro have its state filled by a generator of another kind: seeds that are close to each other
  // must not begin alike. This one is the finaliser of MurmurHash3 over a Weyl sequence.
  let weyl = seed | 0;
  const word = (): number => {
    weyl = (weyl + 0x9e3779b9) | 0;
    let mixed = weyl;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return mixed ^ (mixed >>> 16);
  };
  const next = xoshiro128([word(), word(), word(), word()]);
  return () => next() / 2 ** 32;
}
