const replacements: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * What XML 1.0 has no way to write (https://www.w3.org/TR/xml/#charsets): most control characters, halves of a surrogate
 * pair, U+FFFE and U+FFFF. A server's message may hold them, and one of them makes a whole JUnit file unreadable.
 */
const unwritable =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The text with U+FFFD in the place of each character that XML cannot hold. */
export const writable = (text: string): string => text.replaceAll(unwritable, '\ufffd');

/** Fit for the text of an element and for an attribute in quotes, in HTML, SVG and XML. */
export const escapeMarkup = (text: string): string =>
  writable(text).replaceAll(/[&<>"']/g, (character) => replacements[character] ?? character);

/** HTML, SVG or XML that is well formed by itself: it goes into other markup as it is. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

type Value = string | number | Markup | readonly Markup[];

const written = (value: Value): string => {
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string') return escapeMarkup(value);
  return typeof value === 'number' ? String(value) : value.map(({ text }) => text).join('');
};

/** A template of markup: what is put into it is escaped, unless it is markup itself. */
export const markup = (parts: TemplateStringsArray, ...values: readonly Value[]): Markup =>
  new Markup(parts.reduce((text, part, index) => text + written(values[index - 1] ?? '') + part));

export const noMarkup = new Markup('');

/** Pieces of markup one after the other. */
export const joined = (pieces: readonly Markup[]): Markup =>
  new Markup(pieces.map(({ text }) => text).join('\n'));
