import { describe, expect, it } from 'vitest';
import { renderMarkdownReport } from '../../../../src/ui/report/markdown-report.js';
import { failoverRecord } from '../../../support/failover-records.js';
import { hostileTexts, recordOf } from '../../../support/hostile-records.js';
import { idleRecord } from '../../../support/lab-records.js';

describe('the Markdown of a run', () => {
  it('has verdict, figures and tables', () => {
    const text = renderMarkdownReport(failoverRecord());
    expect(text).toContain('# The primary dies, the replica takes over, HAProxy follows\n');
    expect(text).toContain('**✔ Passed.** Writes go on after the failover');
    expect(text).toContain('Write outage: 400 ms · Read outage: 38 ms');
    expect(text).toContain(
      '| Of | Outage | Resolution | Last good one | First good one again |\n| --- | ---: |',
    );
    expect(text).toContain('| promote | Phase | – | +236 ms | +332 ms | 96 ms |');
    expect(text).toContain('```yaml\n# What the clients feel when the primary dies\n');
  });

  it('shows the picture that stands beside it', () => {
    expect(renderMarkdownReport(failoverRecord(), { pictureFile: 'time line.svg' })).toContain(
      '](time%20line.svg)',
    );
    expect(renderMarkdownReport(failoverRecord())).not.toContain('![');
  });

  it('of an empty load has no hole', () => {
    expect(renderMarkdownReport(idleRecord())).not.toMatch(/NaN|undefined|null|Infinity/);
  });

  it.each(hostileTexts)('shows %j as text', (hostile) => {
    const headingsOf = (text: string): number =>
      text.replaceAll(/^(`{3,})[^]*?^\1$/gm, '').match(/^#/gm)?.length ?? 0;
    const rowsOf = (text: string): number => text.match(/^\|/gm)?.length ?? 0;
    const text = renderMarkdownReport(recordOf(hostile));
    const plain = renderMarkdownReport(recordOf('plain'));
    expect(headingsOf(text)).toBe(headingsOf(plain));
    expect(rowsOf(text)).toBe(rowsOf(plain));
  });
});
