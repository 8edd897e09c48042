/**
 * Nothing measures text where a report is made. These widths, in shares of the font's size, are those of the wider ones of the
 * fonts that `system-ui, sans-serif` may be (DejaVu Sans, Verdana): text is rather given too much room than too little.
 */
const narrow = 0.4;
const usual = 0.66;
const wide = 1;

function widthOf(character: string): number {
  if (/[ijltfI.,:;'|!()[\] ]/.test(character)) return narrow;
  const code = character.codePointAt(0) ?? 0;
  // From U+2E80 on stand the scripts whose characters fill a square, and emoji.
  return /[mwMW@%—…]/.test(character) || code >= 0x2e80 ? wide : usual;
}

/** What a line of text needs at most, in the units of the font's size. */
export function textWidth(text: string, fontSize: number): number {
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width * fontSize;
}

/** The text, or as much of its beginning as fits, with an ellipsis; nothing when not even that fits. */
export function fitText(text: string, width: number, fontSize: number): string {
  if (textWidth(text, fontSize) <= width) return text;
  const characters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  while (characters.length > 0) {
    characters.pop();
    const shorter = `${characters.join('').trimEnd()}…`;
    if (textWidth(shorter, fontSize) <= width) return characters.length === 0 ? '' : shorter;
  }
  return '';
}
