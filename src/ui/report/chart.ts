import { chartCss } from './chart-css.js';
import { joined, type Markup, markup, noMarkup } from './markup.js';
import { place } from './scale.js';

/** The measures that every picture has, in the units of its view box. */
export const chartWidth = 900;
export const plotLeft = 132;
export const plotRight = 888;
export const fontSize = 12;

/** A part of a picture, as wide as the whole. */
export interface ChartRow {
  height: number;
  /** Draws it with its upper edge at this height. */
  draw: (top: number) => Markup;
}

interface ChartText {
  x: number;
  y: number;
  text: string;
  /** Classes of chart-css.ts. */
  look?: string;
}

export const chartText = ({ x, y, text, look }: ChartText): Markup =>
  text === ''
    ? noMarkup
    : markup`<text x="${place(x)}" y="${place(y)}" font-size="${fontSize}"${look === undefined ? noMarkup : markup` class="${look}"`}>${text}</text>`;

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const chartBox = ({ x, y, width, height }: Box, look: string, title = ''): Markup =>
  markup`<rect x="${place(x)}" y="${place(y)}" width="${place(width)}" height="${place(height)}" class="${look}">${title === '' ? noMarkup : markup`<title>${title}</title>`}</rect>`;

export const verticalLine = (x: number, top: number, bottom: number, look: string): Markup =>
  markup`<line x1="${place(x)}" x2="${place(x)}" y1="${place(top)}" y2="${place(bottom)}" class="${look}"/>`;

export const horizontalLine = (y: number, look: string): Markup =>
  markup`<line x1="${plotLeft}" x2="${plotRight}" y1="${place(y)}" y2="${place(y)}" class="${look}"/>`;

export interface ChartWords {
  /** Begins the ids of the picture's elements: pictures of one page need different ones. */
  id: string;
  title: string;
  /** What it shows, for those who do not see it. */
  description: string;
}

const heightOf = (rows: readonly ChartRow[]): number => rows.reduce((total, row) => total + row.height, 0);

function drawBelow(rows: readonly ChartRow[], top: number): Markup {
  let next = top;
  return joined(
    rows.map((row) => {
      const at = next;
      next += row.height;
      return row.draw(at);
    }),
  );
}

/** Puts rows below each other into one picture. */
export function chart({ id, title, description }: ChartWords, rows: readonly ChartRow[]): Markup {
  const height = heightOf(rows);
  return markup`<svg class="chart" role="img" aria-labelledby="${id}-title ${id}-description" viewBox="0 0 ${chartWidth} ${place(height)}" xmlns="http://www.w3.org/2000/svg">
<title id="${id}-title">${title}</title>
<desc id="${id}-description">${description}</desc>
${drawBelow(rows, 0)}
</svg>
`;
}

/** The picture as a file of its own, with its style. */
export const chartFile = (picture: Markup): string =>
  picture.text.replace('</title>', () => `</title>\n<style>${chartCss}</style>`);

/** Room between two rows. */
export const spaceRow = (height: number): ChartRow => ({ height, draw: () => noMarkup });

/** Rows that something goes through from top to bottom: it is drawn behind them. */
export function withBackdrop(
  rows: readonly ChartRow[],
  backdrop: (top: number, bottom: number) => Markup,
): ChartRow {
  const height = heightOf(rows);
  return { height, draw: (top) => joined([backdrop(top, top + height), drawBelow(rows, top)]) };
}
