import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../../src/labs/compare-runs.js';
import type { LabRecord } from '../../../src/labs/record.js';
import { renderCompare } from '../../../src/ui/render-compare.js';
import { renderComparePage } from '../../../src/ui/report/compare-page.js';
import { styleFor } from '../../../src/ui/style.js';
import {
  failoverRecord,
  hostileTexts,
  idleRecord,
  lostWriteRecord,
  recordOf,
  repeatedRecords,
  staleReadsRecord,
} from '../../support/lab-records.js';

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

  it('turns with more: a run is a row', () => {
    const text = textOf(...repeatedRecords(5));
    expect(text).toMatch(/^RUN +VERDICT +WRITE +READ/m);
    expect(text).toMatch(/^E +passed +458 ms +38 ms/m);
    expect(text).toContain('A  before a phase');
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

  it('says that single runs do not tell a difference from chance', () => {
    expect(textOf(failoverRecord(), failoverRecord())).toContain('A, B: fewer than 6 runs');
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
  it('holds the tables and both pictures, and asks for nothing else', () => {
    const html = renderComparePage(compared(failoverRecord(), lostWriteRecord()));
    expect(html.match(/<svg/g)).toHaveLength(2);
    expect(html).toContain('<caption>Side by side</caption>');
    expect(html).toContain('<caption>The write outage by phases</caption>');
    expect(html).not.toMatch(/<script|<link|<img|url\(| style="/);
  });

  it.each(hostileTexts)('shows %j as text', (text) => {
    const html = renderComparePage(compared(recordOf(text), failoverRecord()));
    expect(html).not.toContain('<script');
    expect(html).not.toContain('<img');
    expect(html.match(/<style/g)).toHaveLength(1);
    expect(html.match(/<\/svg>/g)).toHaveLength(2);
  });
});
