import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadLab, shippedLabs } from '../../../src/labs/file/shipped-labs.js';

const read = (file: string): string =>
  readFileSync(new URL(`../../../docs/labs/${file}`, import.meta.url), 'utf8');
const words = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

describe('the page of a lab', () => {
  it.each(shippedLabs())('%s has its title, an output of all its assertions, and its conclusion', (name) => {
    const { title, claims, conclusion } = loadLab(name);
    const page = words(read(`${name}.md`));
    expect(page).toContain(`# ${title}`);
    for (const { text } of claims) expect(page).toContain(`✔ ${text} (`);
    expect(page).toContain('PASSED');
    expect(page).toContain(words(conclusion));
  });

  it('is listed with those of the others', () => {
    for (const name of shippedLabs()) expect(read('README.md')).toContain(`[${name}](${name}.md)`);
  });
});
