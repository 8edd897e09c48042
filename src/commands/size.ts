import { InvalidArgumentError } from '@commander-js/extra-typings';

const unitBytes = { '': 1, B: 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** A size in PostgreSQL's units: `0`, `16kB`, `1MB`. */
export function parseSizeBytes(text: string): number {
  const [, number, unit] = /^(\d{1,9})(|B|kB|MB|GB)$/.exec(text) ?? [];
  if (number === undefined)
    throw new InvalidArgumentError('It takes a number of bytes, for example 0, 16kB or 1MB.');
  return Number(number) * unitBytes[unit as keyof typeof unitBytes];
}
