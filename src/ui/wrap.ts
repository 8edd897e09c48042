/**
 * Breaks plain text (no colours) into lines of at most `width` characters, at spaces. The lines after the first
 * are indented. A word that is longer than a line stays whole: a command that is cut cannot be copied.
 */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join('\n');
}
