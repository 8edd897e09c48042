import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeBlock, escapeMarkdown, markdownTable } from '../../../../src/ui/report/markdown-text.js';
import { escapeMarkup, Markup, markup, writable } from '../../../../src/ui/report/markup.js';
import { hostileTexts } from '../../../support/hostile-records.js';

const entities: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};
const unescape = (text: string): string =>
  text.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity);

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom(...hostileTexts));

describe('text in HTML, SVG and XML', () => {
  it('never begins an element, ends an attribute, or holds what XML cannot', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const escaped = escapeMarkup(text);
        expect(escaped).not.toMatch(/[<>"']/);
        expect(escaped).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39);)/);
        expect(escaped).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
        expect(Buffer.from(escaped).toString()).toBe(escaped);
      }),
    );
  });

  it('is read as what was written', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(unescape(escapeMarkup(text))).toBe(writable(text));
      }),
    );
  });

  it('keeps every character that XML can hold', () => {
    expect(writable('Zeile\n\tمرحبا 漢字 🙂')).toBe('Zeile\n\tمرحبا 漢字 🙂');
  });

  it('is escaped by the template, which leaves markup as it is', () => {
    const bold = markup`<b title="${'a"b'}">${'<i>'}</b>`;
    expect(markup`<p>${bold}${[bold]}${7}</p>`.text).toBe(
      '<p><b title="a&quot;b">&lt;i&gt;</b><b title="a&quot;b">&lt;i&gt;</b>7</p>',
    );
    expect(markup`${new Markup('<hr>')}`.text).toBe('<hr>');
  });
});

describe('text in Markdown', () => {
  it('stays on one line, and no special character is left bare', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const escaped = escapeMarkdown(text);
        expect(escaped).not.toMatch(/[\r\n\u2028\u2029]/);
        expect(escaped.replaceAll(/\\[^A-Za-z0-9\s]/g, '')).not.toMatch(/[`*_[\]<>#|]/);
      }),
    );
  });

  it('in a table never makes another column', () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        const lines = markdownTable({ caption: 'c', header: ['x', 'y'], rows: [[a, b]], right: [1] }).split(
          '\n',
        );
        const bars = (line = ''): number => line.replaceAll(/\\[^A-Za-z0-9\s]/g, '').split('|').length;
        expect(lines.filter((line) => line.startsWith('|')).map(bars)).toEqual([4, 4, 4]);
      }),
    );
  });

  it('in a block of code does not end it', () => {
    expect(codeBlock('a\n```\nb\n````\n')).toBe('`````\na\n```\nb\n````\n`````\n');
    expect(codeBlock('a: 1', 'yaml')).toBe('```yaml\na: 1\n```\n');
  });
});
