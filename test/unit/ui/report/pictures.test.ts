import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Comparison, compareRuns } from '../../../../src/labs/compare/compare-runs.js';
import type { Band, LabRecord } from '../../../../src/labs/record.js';
import { chartFile } from '../../../../src/ui/report/chart.js';
import { renderOutageBars } from '../../../../src/ui/report/compare-outages-svg.js';
import { renderTimelines } from '../../../../src/ui/report/compare-timelines-svg.js';
import { outageRange, renderTimelineSvg, runRange } from '../../../../src/ui/report/timeline-svg.js';
import { failoverRecord, repeatedRecords } from '../../../support/failover-records.js';
import { hostileTexts, recordOf } from '../../../support/hostile-records.js';
import { idleRecord, lostWriteRecord, staleReadsRecord } from '../../../support/lab-records.js';
import { outside, readPicture } from '../../../support/svg-bounds.js';

const wholeRun = (record: LabRecord): string =>
  renderTimelineSvg(record, { id: 'run', title: 'The whole run', range: runRange(record) }).text;

const records = {
  'a failover': failoverRecord(),
  'stale reads without a fault': staleReadsRecord(),
  'three windows and a lost write': lostWriteRecord(),
  'an empty load': idleRecord(),
};

const anyRecord = fc
  .record({
    length: fc.integer({ min: 0, max: 3_600_000 }),
    faultAt: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    bucketMs: fc.constantFrom(50, 100, 1600),
    counts: fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 300 }),
    bands: fc.array(
      fc.record({
        kind: fc.constantFrom('fault', 'operation', 'phase'),
        name: fc.oneof(fc.string(), fc.constantFrom(...hostileTexts)),
        from: fc.double({ min: -1, max: 2, noNaN: true }),
        took: fc.double({ min: 0, max: 2, noNaN: true }),
      }),
      { maxLength: 20 },
    ),
  })
  .map(({ length, faultAt, bucketMs, counts, bands }): LabRecord => {
    const base = idleRecord();
    const { fromMs } = base;
    const at = (share: number): number => fromMs + share * length;
    return {
      ...base,
      untilMs: fromMs + length,
      whole: { ...base.whole, faultMs: faultAt === null ? null : at(faultAt) },
      bands: bands.map(
        ({ kind, name, from, took }): Band => ({
          kind,
          name,
          node: null,
          fromMs: at(from),
          untilMs: at(from + took),
        }),
      ),
      timeline: {
        fromMs: fromMs - bucketMs,
        bucketMs,
        writesAcknowledged: counts,
        writesFailed: counts,
        writesIndeterminate: counts,
        readsGood: counts,
        readsFailed: counts,
        readsStale: counts,
        slowestWriteMs: counts,
      },
    };
  });

describe('the picture of a run', () => {
  it.each(Object.entries(records))('of %s stays inside its view box', (_, record) => {
    expect(outside(wholeRun(record))).toEqual([]);
  });

  it('stays inside its view box whatever happened', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(outside(wholeRun(record))).toEqual([]);
      }),
    );
  });

  it.each(hostileTexts)('stays inside its view box and well formed with the name %j', (text) => {
    const svg = wholeRun(recordOf(text));
    expect(outside(svg)).toEqual([]);
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('<img');
    expect(svg.match(/<svg/g)).toHaveLength(1);
    expect(svg.match(/<\/svg>/g)).toHaveLength(1);
  });

  it('has a name and a description for those who do not see it', () => {
    const svg = wholeRun(failoverRecord());
    expect(svg).toContain('role="img" aria-labelledby="run-title run-description"');
    expect(svg).toContain('<title id="run-title">The whole run</title>');
    expect(svg).toContain('The write outage is 400 ms.');
    expect(svg).toContain('Faults: kill at +0 ms.');
  });

  it('shows faults, operations, phases and windows with their names, and what the colours mean', () => {
    const { texts } = readPicture(wholeRun(lostWriteRecord()));
    const names = texts.map(({ what }) => what);
    for (const name of [
      'Windows',
      'the primary is dead',
      'Faults',
      'kill db-primary',
      'Operations',
      'failover',
      'Phases',
      'promote',
      'outage 620 ms',
      'seconds from the first fault',
      'acknowledged writes',
      'indeterminate',
    ])
      expect(names).toContain(name);
  });

  it('counts what failed, is in doubt, and was stale', () => {
    const stale = staleReadsRecord();
    const total = stale.timeline.readsStale.reduce((sum, count) => sum + count, 0);
    expect(readPicture(wholeRun(stale)).texts.map(({ what }) => what)).toContain(String(total));
  });

  it('leaves out what nobody did', () => {
    const record = failoverRecord();
    const none = record.timeline.readsGood.map(() => 0);
    const names = readPicture(
      wholeRun({ ...record, timeline: { ...record.timeline, readsGood: none } }),
    ).texts.map(({ what }) => what);
    expect(names).toContain('Writes');
    expect(names).not.toContain('Reads');
    expect(names).not.toContain('good reads');
    expect(names).not.toContain('window');
  });

  it('counts from the start where there was no fault', () => {
    expect(wholeRun(staleReadsRecord())).toContain('seconds from the start');
  });

  it('says so when no client was at work', () => {
    expect(wholeRun(idleRecord())).toContain('No client was at work.');
  });

  it('of a short outage has another one that shows its surroundings', () => {
    const record = failoverRecord({ afterMs: 60_000 });
    const range = outageRange(record);
    expect(range).not.toBeNull();
    if (range === null) return;
    expect(range.untilMs - range.fromMs).toBeLessThan(1000);
    const svg = renderTimelineSvg(record, { id: 'outage', title: 'Around the outage', range }).text;
    expect(outside(svg)).toEqual([]);
    expect(svg).toContain('milliseconds from the first fault');
  });

  it('has no other one without an outage that the clients could tell from none', () => {
    expect(outageRange(staleReadsRecord())).toBeNull();
    expect(outageRange(idleRecord())).toBeNull();
  });

  it('as a file of its own brings its style', () => {
    const file = chartFile(
      renderTimelineSvg(failoverRecord(), { id: 'run', title: '$& $1', range: runRange(failoverRecord()) }),
    );
    expect(file).toContain('<title id="run-title">$&amp; $1</title>\n<style>.chart{');
    expect(file).toContain('prefers-color-scheme:dark');
  });
});

describe('the pictures of a comparison', () => {
  const sides = (others: readonly LabRecord[]) =>
    compareRuns(others.map((record, index) => ({ file: `runs/${index}`, records: [record] })));

  const bars = (comparison: Comparison): string =>
    renderOutageBars(comparison)
      .map(({ text }) => text)
      .join('');

  it.each([
    ['two runs', sides([failoverRecord(), lostWriteRecord()])],
    ['every kind of run', sides(Object.values(records))],
    [
      'repeated runs',
      compareRuns([
        { file: 'a', records: repeatedRecords(8) },
        { file: 'b', records: [failoverRecord()] },
      ]),
    ],
    ['twelve runs', sides(repeatedRecords(12))],
    ['hostile names', sides(hostileTexts.map(recordOf))],
  ])('of %s stay inside their view boxes', (_, comparison) => {
    for (const { text } of [...renderOutageBars(comparison), ...renderTimelines(comparison)])
      expect(outside(text)).toEqual([]);
  });

  it('draw bars as long as the outages, on one scale', () => {
    const comparison = sides([failoverRecord({ outageMs: 200 }), failoverRecord({ outageMs: 800 })]);
    const svg = bars(comparison);
    const widths = [
      ...svg.matchAll(/<rect x="[\d.]+" y="([\d.]+)" width="([\d.]+)" height="22" class="part/g),
    ];
    const perBar = new Map<string, number>();
    for (const [, y = '', width] of widths) perBar.set(y, (perBar.get(y) ?? 0) + Number(width));
    const [short = 0, long = 0] = [...perBar.values()];
    expect(long / short).toBeCloseTo(4, 1);
  });

  it('give a phase the same colour in every bar', () => {
    const svg = bars(sides([failoverRecord(), lostWriteRecord()]));
    const looks = [...svg.matchAll(/class="(part part-\w+)"><title>promote:/g)].map(([, look]) => look);
    expect(looks).toHaveLength(2);
    expect(new Set(looks).size).toBe(1);
  });

  it('are several where one would be longer than a page', () => {
    expect(renderOutageBars(sides(repeatedRecords(45)))).toHaveLength(3);
  });

  it('say which outage is not known', () => {
    expect(bars(sides([failoverRecord(), idleRecord()]))).toContain('no write outage is known');
  });
});
