import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalogue, type ErrorCode } from '../../src/errors/catalogue.js';
import { exitCodes } from '../../src/errors/exit-codes.js';
import { HalabError } from '../../src/errors/halab-error.js';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

const rows = Object.entries(catalogue).map(
  ([code, { exitCode, meaning, remedy }]) => `| \`${code}\` | ${exitCode} | ${meaning} | ${remedy} |`,
);

describe('docs/errors.md', () => {
  it('has the row of every error, in the order of the catalogue, and no other', () => {
    const documented = page
      .split('\n')
      .filter((line) => /^\| `[A-Z_]+` +\|/.test(line))
      .map((line) => line.replaceAll(/ +\|/g, ' |'));
    // When this fails: the rows that are expected are the ones to put into the page.
    expect(documented).toEqual(rows);
  });

  it('has every exit code', () => {
    const documented = [...page.matchAll(/^\| (\d) +\|/gm)].map(([, code]) => Number(code));
    expect(documented).toEqual(Object.values(exitCodes));
  });
});

describe('an error', () => {
  it.each(Object.keys(catalogue) as ErrorCode[])(
    '%s says how to solve it where nobody said it better',
    (code) => {
      const error = new HalabError(code, 'Something happened.');
      expect(error.hint).not.toBe('');
      expect(error.exitCode).toBe(catalogue[code].exitCode);
      expect(error.exitCode).not.toBe(exitCodes.done);
    },
  );
});
