import { type ChartRow, chartBox, chartText, chartWidth, fontSize } from './chart.js';
import { joined, type Markup } from './markup.js';
import { fitText, textWidth } from './text-width.js';

interface LegendEntry {
  name: string;
  /** The class of its colour. */
  look: string;
}

const swatch = 12;
const lineHeight = 20;
const between = 18;
const maxNameWidth = 260;

/** What the colours mean: entries beside each other, in as many lines as they need. */
export function legendRow(entries: readonly LegendEntry[]): ChartRow {
  let x = 0;
  let line = 0;
  const placed = entries.map(({ name, look }) => {
    const entry = { name: fitText(name, maxNameWidth, fontSize), look };
    const width = swatch + 6 + textWidth(entry.name, fontSize);
    if (x > 0 && x + width > chartWidth) {
      x = 0;
      line += 1;
    }
    const at = { ...entry, x, line };
    x += width + between;
    return at;
  });
  const draw = (top: number): Markup[] =>
    placed.flatMap((entry) => {
      const y = top + entry.line * lineHeight;
      return [
        chartBox({ x: entry.x + 1, y: y + 4, width: swatch, height: swatch }, entry.look),
        chartText({ x: entry.x + swatch + 6, y: y + 14, text: entry.name }),
      ];
    });
  return {
    height: entries.length === 0 ? 0 : (line + 1) * lineHeight,
    draw: (top) => joined(draw(top)),
  };
}
