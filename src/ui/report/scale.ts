/** Turns a value into a place of the picture. */
export type Scale = (value: number) => number;

interface Range {
  from: number;
  until: number;
}

/** Values outside `domain` go to its nearer end: nothing is drawn outside of its plot. */
export function linearScale(domain: Range, places: Range): Scale {
  const length = domain.until - domain.from;
  return (value) => {
    const share = length > 0 ? Math.min(1, Math.max(0, (value - domain.from) / length)) : 0;
    return places.from + share * (places.until - places.from);
  };
}

/** The smallest of 1, 2, 5, 10, 20, … that is not below the value; 1 for what is below 1. */
export function niceStep(value: number): number {
  if (!(value > 1)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  // A power of ten that Math.log10 rounds down would otherwise be taken ten times too large.
  const multiple = [1, 2, 5, 10].find((candidate) => candidate * power >= value) ?? 10;
  return multiple * power;
}

/** Round values from one end of a range to the other, at most `most` and one more. */
export function ticks({ from, until }: Range, most: number): number[] {
  const step = niceStep((until - from) / most);
  const first = Math.ceil(from / step);
  const last = Math.floor(until / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}

/** A coordinate, with a tenth of a unit: more digits would only make the file larger. */
export const place = (value: number): string => String(Math.round(value * 10) / 10);
