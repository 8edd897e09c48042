import { textWidth } from '../../src/ui/report/text-width.js';

interface Box {
  what: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const attribute = (tag: string, name: string): string =>
  new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '';

const number = (tag: string, name: string): number => Number(attribute(tag, name));

function pathBox(tag: string): Box | undefined {
  const xs: number[] = [];
  const ys: number[] = [];
  for (const [, letter = '', values = ''] of attribute(tag, 'd').matchAll(/([MVHZ])([^MVHZ]*)/g)) {
    const [first = Number.NaN, second = Number.NaN] = values.split(' ').map(Number);
    if (letter === 'M') [xs, ys].forEach((all, index) => all.push(index === 0 ? first : second));
    if (letter === 'H') xs.push(first);
    if (letter === 'V') ys.push(first);
  }
  if (xs.length === 0) return undefined;
  return {
    what: tag.slice(0, 60),
    left: Math.min(...xs),
    right: Math.max(...xs),
    top: Math.min(...ys),
    bottom: Math.max(...ys),
  };
}

function textBox(tag: string, text: string): Box {
  const size = number(tag, 'font-size');
  const plain = text.replaceAll(/&[a-z#0-9]+;/g, '&');
  const width = textWidth(plain, size);
  const look = attribute(tag, 'class').split(' ');
  const before = look.includes('end') ? width : look.includes('middle') ? width / 2 : 0;
  const left = number(tag, 'x') - before;
  const y = number(tag, 'y');
  return { what: plain, left, right: left + width, top: y - size, bottom: y + size * 0.3 };
}

/** Everything that is drawn in a picture of chart.ts, and its view box. */
export function readPicture(svg: string): { width: number; height: number; boxes: Box[]; texts: Box[] } {
  const [, , width = Number.NaN, height = Number.NaN] = attribute(svg, 'viewBox').split(' ').map(Number);
  const rectangles = [...svg.matchAll(/<rect [^>]*>/g)].map(([tag]) => ({
    what: tag,
    left: number(tag, 'x'),
    right: number(tag, 'x') + number(tag, 'width'),
    top: number(tag, 'y'),
    bottom: number(tag, 'y') + number(tag, 'height'),
  }));
  const lines = [...svg.matchAll(/<line [^>]*>/g)].map(([tag]) => ({
    what: tag,
    left: number(tag, 'x1'),
    right: number(tag, 'x2'),
    top: number(tag, 'y1'),
    bottom: number(tag, 'y2'),
  }));
  const paths = [...svg.matchAll(/<path [^>]*>/g)].flatMap(([tag]) => pathBox(tag) ?? []);
  const texts = [...svg.matchAll(/(<text [^>]*>)([^<]*)<\/text>/g)].map(([, tag = '', text = '']) =>
    textBox(tag, text),
  );
  return { width, height, boxes: [...rectangles, ...lines, ...paths, ...texts], texts };
}

/** What leaves the view box, or has no place at all. */
export function outside(svg: string): string[] {
  const { width, height, boxes } = readPicture(svg);
  // Coordinates are rounded to a tenth.
  const slack = 0.2;
  return boxes
    .filter(
      ({ left, right, top, bottom }) =>
        !(left >= -slack && right <= width + slack && top >= -slack && bottom <= height + slack),
    )
    .map(({ what, left, right, top, bottom }) => `${what}: ${left}..${right}, ${top}..${bottom}`);
}
