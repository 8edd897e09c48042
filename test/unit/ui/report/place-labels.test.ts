import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeLabels } from '../../../../src/ui/report/place-labels.js';
import { linearScale, niceStep, ticks } from '../../../../src/ui/report/scale.js';
import { fitText, textWidth } from '../../../../src/ui/report/text-width.js';

const room = { from: 100, until: 900, fontSize: 12, maxLanes: 6 };
const item = fc.record({
  text: fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: 'grapheme', maxLength: 200 })),
  from: fc.double({ min: -200, max: 1200, noNaN: true }),
  length: fc.double({ min: 0, max: 900, noNaN: true }),
});
const items = fc
  .array(item, { maxLength: 40 })
  .map((all) => all.map(({ text, from, length }) => ({ text, from, until: from + length })));

/** From where to where something takes its lane. */
const spanOf = ({ from, until, label, labelX }: ReturnType<typeof placeLabels>['placed'][number]) => ({
  from: Math.min(from, label === '' ? from : labelX),
  until: Math.max(until, labelX + textWidth(label, room.fontSize)),
});

describe('labels on the time axis', () => {
  it('never overlap each other or another band, and never leave the plot', () => {
    fc.assert(
      fc.property(items, (all) => {
        const { placed, lanes, left } = placeLabels(all, room);
        expect(placed.length + left).toBe(all.length);
        expect(lanes).toBeLessThanOrEqual(room.maxLanes);
        for (let lane = 0; lane < lanes; lane += 1) {
          const spans = placed
            .filter((each) => each.lane === lane)
            .map(spanOf)
            .sort((a, b) => a.from - b.from);
          for (const [index, span] of spans.entries()) {
            expect(span.from).toBeGreaterThanOrEqual(room.from - 0.001);
            expect(span.until).toBeLessThanOrEqual(room.until + 0.001);
            const next = spans[index + 1];
            if (next !== undefined) expect(span.until).toBeLessThanOrEqual(next.from);
          }
        }
      }),
    );
  });

  it('stand inside a wide band, right of a narrow one, and left of one at the end', () => {
    const { placed } = placeLabels(
      [
        { text: 'wide', from: 100, until: 300 },
        { text: 'narrow', from: 400, until: 405 },
        { text: 'at the end', from: 890, until: 895 },
      ],
      room,
    );
    expect(placed.map(({ labelX }) => Math.round(labelX))).toEqual([104, 409, expect.any(Number)]);
    expect(placed[2]?.labelX).toBeLessThan(890);
    expect(placed.map(({ lane }) => lane)).toEqual([0, 0, 0]);
  });

  it('of bands that follow each other stay in one lane', () => {
    const { lanes } = placeLabels(
      ['before', 'meanwhile', 'after'].map((text, index) => ({
        text,
        from: 100 + index * 200,
        until: 300 + index * 200,
      })),
      room,
    );
    expect(lanes).toBe(1);
  });

  it('of things at the same time go into lanes below each other', () => {
    const { placed, lanes } = placeLabels(
      ['a', 'b', 'c'].map((text) => ({ text, from: 200, until: 210 })),
      room,
    );
    expect(lanes).toBe(3);
    expect(placed.map(({ lane }) => lane)).toEqual([0, 1, 2]);
  });

  it('that find no lane are counted', () => {
    const all = Array.from({ length: 10 }, (_, index) => ({ text: `${index}`, from: 200, until: 600 }));
    expect(placeLabels(all, room).left).toBe(4);
  });

  it('that are too long are cut with an ellipsis', () => {
    const cut = fitText('a name that is far too long', 60, 12);
    expect(cut).toMatch(/^a na.*…$/);
    expect(textWidth(cut, 12)).toBeLessThanOrEqual(60);
    expect(fitText('x', 3, 12)).toBe('');
  });
});

describe('a scale', () => {
  it('takes values outside of its domain to the nearer end', () => {
    const scale = linearScale({ from: 0, until: 10 }, { from: 100, until: 200 });
    expect([-5, 0, 5, 10, 99].map(scale)).toEqual([100, 100, 150, 200, 200]);
  });

  it('of no length has one place', () => {
    expect(linearScale({ from: 3, until: 3 }, { from: 100, until: 200 })(3)).toBe(100);
  });

  it('has round steps', () => {
    expect([0, 0.3, 1, 1.1, 2.5, 6, 10, 11, 999, 1000, 1001].map(niceStep)).toEqual([
      1, 1, 1, 2, 5, 10, 10, 20, 1000, 1000, 2000,
    ]);
    expect(ticks({ from: -2.2, until: 6.4 }, 8)).toEqual([-2, 0, 2, 4, 6]);
  });

  it('has few ticks, all within its range', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: 1, max: 1e7 }), (from, length) => {
        const all = ticks({ from, until: from + length }, 8);
        expect(all.length).toBeLessThanOrEqual(9);
        expect(all.every((value) => value >= from && value <= from + length)).toBe(true);
      }),
    );
  });
});
