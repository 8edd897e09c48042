import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { LabRecord } from '../../../../src/labs/record.js';
import { renderHtmlReport } from '../../../../src/ui/report/html-report.js';
import { failoverRecord, repeatedRecords, seriesOf } from '../../../support/failover-records.js';
import { hostileTexts, recordOf } from '../../../support/hostile-records.js';
import { idleRecord, lostWriteRecord, staleReadsRecord } from '../../../support/lab-records.js';

/** What a reader sees: the page's text without its tags. */
const textOf = (html: string): string =>
  html
    .replaceAll(/<style>[^]*?<\/style>|<svg[^]*?<\/svg>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');

const headings = (html: string): string[] =>
  [...html.matchAll(/<h2>([^<]*)<\/h2>/g)].flatMap(([, heading]) => heading ?? []);

describe('the page of a run', () => {
  it('begins with the verdict, then what the clients felt, moments and pictures', () => {
    expect(headings(renderHtmlReport(lostWriteRecord()))).toEqual([
      'What the clients felt',
      'Moments',
      'Timeline',
      'Windows',
      'Ledger',
      'Assertions',
      'Steps',
      'Machine',
      'The lab’s file',
      'How to go on',
    ]);
    const text = textOf(renderHtmlReport(lostWriteRecord()));
    expect(text).toContain('✖ Failed . 1 of 2 assertions did not hold.');
    expect(text.indexOf('✖ Failed')).toBeLessThan(text.indexOf('What the clients felt'));
  });

  it('of a run that passed says what is proved', () => {
    expect(textOf(renderHtmlReport(failoverRecord()))).toContain(
      '✔ Passed . Writes go on after the failover, and every acknowledged one is there.',
    );
  });

  it('of an inconclusive run says what is not decided', () => {
    expect(textOf(renderHtmlReport(staleReadsRecord()))).toContain(
      '? Inconclusive . The evidence does not decide 1 of 1 assertions.',
    );
  });

  it('gives outages with their resolution, and dashes where a sample supports no percentile', () => {
    const html = renderHtmlReport(failoverRecord());
    expect(html).toContain(
      '<th scope="row">Writes</th><td class="figure">400 ms</td><td class="figure">11 ms</td><td class="figure">+14 ms</td><td class="figure">+414 ms</td>',
    );
    expect(html).toContain(
      '<td class="figure">9.83 ms</td><td class="figure">–</td><td class="figure">41.2 ms</td>',
    );
  });

  it('counts every time from where its moments begin, which is when the first fault came', () => {
    const record = failoverRecord();
    const marked = { ...record, whole: { ...record.whole, faultMs: (record.whole.faultMs ?? 0) - 110 } };
    expect(renderHtmlReport(marked)).toContain(
      '<td class="figure">+14 ms</td><td class="figure">+414 ms</td>',
    );
  });

  it('says of an outage that lasted until the end that it was at least so long', () => {
    const record = failoverRecord();
    const { write } = record.whole.outage;
    const unended: LabRecord = {
      ...record,
      whole: {
        ...record.whole,
        outage: {
          ...record.whole.outage,
          write: write === null ? null : { ...write, firstGoodMs: null, recovered: false },
        },
      },
    };
    expect(textOf(renderHtmlReport(unended))).toContain('Writes at least 400 ms');
  });

  it('lists the keys of lost writes, at most as many as the ledger holds', () => {
    expect(textOf(renderHtmlReport(lostWriteRecord()))).toContain(
      'Keys of the lost writes run-77aa10c9e0d4-w7-000412',
    );
    const record = lostWriteRecord();
    const many: LabRecord = {
      ...record,
      ledger:
        record.ledger === null
          ? null
          : {
              ...record.ledger,
              lost: 31,
              lostKeys: Array.from({ length: 20 }, (_, index) => `key-${index}`),
            },
    };
    expect(textOf(renderHtmlReport(many))).toContain('The first 20 keys of 31 lost writes');
  });

  it('says in which window writes were lost', () => {
    expect(textOf(renderHtmlReport(lostWriteRecord()))).toContain(
      'Window Lost before the fault 0 the primary is dead 1 after the repair 0',
    );
  });

  it('without a final read says that nothing is known', () => {
    const record = failoverRecord();
    const unread: LabRecord = {
      ...record,
      ledger: record.ledger === null ? null : { ...record.ledger, verdict: 'unknown', lost: null },
    };
    expect(textOf(renderHtmlReport(unread))).toContain(
      'There was no final read: nothing is known of what is lost.',
    );
  });

  it('shows predictions only where somebody foretold', () => {
    expect(textOf(renderHtmlReport(failoverRecord()))).toContain('writes fail for about 2 s');
    expect(renderHtmlReport(idleRecord())).not.toContain('Foretold');
  });

  it('of a lab with an empty load has no figure and no hole', () => {
    const text = textOf(renderHtmlReport(idleRecord()));
    expect(text).toContain('No client was at work.');
    expect(text).toContain('Nobody wrote: there is no ledger.');
    expect(text).not.toMatch(/NaN|undefined|null|Infinity/);
  });

  it('of a lab that was repeated has what all runs say, and a table of them', () => {
    const records = repeatedRecords(5);
    const text = textOf(renderHtmlReport(failoverRecord(), seriesOf(records)));
    expect(text).toContain('write outage 5 400 ms 437 ms 405 ms to 458 ms – 474 ms');
    expect(text).toContain('no acknowledged write is lost ✔ holds in 5 of 5 runs');
    expect(text).toContain('5 (run000000004) passed 458 ms 38 ms 0 124 2 0');
  });

  it('has headings in order, a caption and scopes in every table', () => {
    for (const record of [failoverRecord(), lostWriteRecord(), idleRecord(), staleReadsRecord()]) {
      const html = renderHtmlReport(record);
      const levels = [...html.matchAll(/<h([1-6])>/g)].map(([, level]) => Number(level));
      expect(levels.filter((level) => level === 1)).toHaveLength(1);
      for (const [index, level] of levels.entries())
        expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
      const tables = html.match(/<table[ >]/g)?.length;
      expect(html.match(/<caption>/g)).toHaveLength(tables ?? 0);
      expect(html).not.toMatch(/<th(?! scope=)[ >]/);
    }
  });

  it('asks for nothing else, and its policy allows nothing but its own style', () => {
    const html = renderHtmlReport(failoverRecord());
    expect(html).not.toMatch(/<script|<link|<img|<iframe|url\(|@import| style="| on[a-z]+="/);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    const [, css = ''] = /<style>([^]*?)<\/style>/.exec(html) ?? [];
    const hash = createHash('sha256').update(css).digest('base64');
    expect(policy.replaceAll('&#39;', "'")).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    );
  });

  it.each(hostileTexts)('shows %j as text', (text) => {
    const plain = renderHtmlReport(recordOf('plain'));
    const html = renderHtmlReport(recordOf(text));
    const tagsOf = (of: string): Record<string, number> => {
      const counts: Record<string, number> = {};
      // Pictures may draw more or fewer labels for names of another length.
      for (const [, tag = ''] of of.replaceAll(/<svg[^]*?<\/svg>/g, '').matchAll(/<(\/?[a-z][a-z0-9]*)/g))
        counts[tag] = (counts[tag] ?? 0) + 1;
      return counts;
    };
    expect(tagsOf(html)).toEqual(tagsOf(plain));
    expect(html).not.toContain('<script');
    expect(html.match(/<style/g)).toHaveLength(1);
  });
});
