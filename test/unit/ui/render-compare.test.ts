import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../../src/labs/compare/compare-runs.js';
import type { LabRecord } from '../../../src/labs/record.js';
import { renderCompare } from '../../../src/ui/render-compare.js';
import { renderComparePage } from '../../../src/ui/report/compare-page.js';
import { styleFor } from '../../../src/ui/style.js';
import { failoverRecord, repeatedRecords } from '../../support/failover-records.js';
import { hostileTexts, recordOf } from '../../support/hostile-records.js';
import { idleRecord, lostWriteRecord, staleReadsRecord } from '../../support/lab-records.js';

const style = styleFor({ columns: 80 }, {});
const compared = (...records: readonly LabRecord[]) =>
  compareRuns(records.map((record, index) => ({ file: `runs/${index}`, records: [record] })));
const textOf = (...records: readonly LabRecord[]): string => renderCompare(compared(...records), style, null);

describe('the table of a comparison', () => {
  it('has a column for each of up to four runs', () => {
    const text = textOf(failoverRecord(), lostWriteRecord());
    expect(text).toMatch(/^FIGURE +A +B$/m);
    expect(text).toMatch(/^Verdict +passed +failed$/m);
    expect(text).toMatch(/^Write outage +400 ms +620 ms$/m);
    expect(text).toMatch(/^ {2}times that of A +– +1\.55$/m);
    expect(text).toMatch(/^Lost writes +0 +1$/m);
    expect(text).toMatch(/^promote +96 ms +149 ms$/m);
  });

  it('has a row for each phase in the order of time, also when one was interrupted by another', () => {
    const record = failoverRecord();
    const [fault] = record.bands;
    const killing =
      fault === undefined ? [] : [{ ...fault, kind: 'phase' as const, name: 'kill db-primary' }];
    const lines = textOf({ ...record, bands: [...killing, ...record.bands] }, record).split('\n');
    const rows = lines.slice(lines.findIndex((line) => line.startsWith('PHASE')) + 1);
    expect(rows.map((line) => line.split('  ')[0])).toEqual(
      expect.arrayContaining(['kill db-primary', 'check haproxy.cfg', 'stop old primary', 'promote']),
    );
    expect(rows.findIndex((line) => line.startsWith('kill'))).toBeLessThan(
      rows.findIndex((line) => line.startsWith('check')),
    );
    expect(rows.findIndex((line) => line.startsWith('check'))).toBeLessThan(
      rows.findIndex((line) => line.startsWith('promote')),
    );
  });

  it('turns with more: a run is a row', () => {
    const text = textOf(...repeatedRecords(5));
    expect(text).toMatch(/^RUN +VERDICT +WRITE +READ/m);
    expect(text).toMatch(/^E +passed +458 ms +38 ms/m);
    expect(text).toMatch(/^A {2}before a phase 2 ms, check haproxy\.cfg 160 ms, /m);
  });

  it.each([
    ['two', [failoverRecord(), lostWriteRecord()]],
    ['four', [failoverRecord(), lostWriteRecord(), staleReadsRecord(), idleRecord()]],
    ['nine', [...repeatedRecords(7), staleReadsRecord(), lostWriteRecord()]],
  ])('of %s runs fits in 80 columns', (_, records) => {
    for (const line of textOf(...records).split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it('of four sides with several runs each fits in 80 columns', () => {
    const text = renderCompare(
      compareRuns(['a', 'b', 'c', 'd'].map((file) => ({ file, records: repeatedRecords(6) }))),
      style,
      null,
    );
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(text).toMatch(/^ {2}from–to +400–474 ms/m);
    expect(text).toMatch(/^Verdict +6\/6 passed/m);
  });

  it('cuts the name of a phase only where the terminal has no room for it', () => {
    const record = failoverRecord();
    const name = `kill db-primary ${'(SIGKILL) '.repeat(6)}`.trim();
    const [fault] = record.bands;
    if (fault === undefined) throw new Error('The record has no band.');
    const comparison = compared({ ...record, bands: [{ ...fault, kind: 'phase', name }] }, record);
    const shownAt = (columns: number): string => renderCompare(comparison, styleFor({ columns }, {}), null);
    expect(shownAt(140)).toContain(`${name}  `);
    expect(shownAt(80)).toMatch(/^kill db-primary \(… /m);
  });

  it('says that single runs do not tell a difference from chance', () => {
    expect(textOf(failoverRecord(), failoverRecord())).toContain('All sides: fewer than 6 runs');
  });

  it('calls out what else is not alike', () => {
    const other = failoverRecord();
    const text = textOf(failoverRecord(), {
      ...other,
      manifest: { ...other.manifest, cpu: 'AMD EPYC 7B13' },
    });
    expect(text).toContain('! What else is not alike');
    expect(text).toContain('processor: A: Intel(R) Xeon(R)');
    expect(text).toContain('B: AMD EPYC 7B13');
  });
});

describe('the page of a comparison', () => {
  it('holds the tables and the pictures, and asks for nothing else', () => {
    const html = renderComparePage(compared(failoverRecord(), lostWriteRecord()));
    expect(html.match(/<svg/g)).toHaveLength(3);
    expect(html).toContain('<caption><span>Side by side</span></caption>');
    expect(html).toContain('<caption><span>The write outage by phases</span></caption>');
    expect(html).not.toMatch(/<script|<link|<img|url\(| style="/);
  });

  it.each(hostileTexts)('shows %j as text', (text) => {
    const html = renderComparePage(compared(recordOf(text), failoverRecord()));
    expect(html).not.toContain('<script');
    expect(html).not.toContain('<img');
    expect(html.match(/<style/g)).toHaveLength(1);
    expect(html.match(/<\/svg>/g)).toHaveLength(3);
  });
});
