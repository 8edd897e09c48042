import type { LabRecord } from '../../src/labs/record.js';
import { ledgerOf } from './lab-record-parts.js';
import { lostWriteRecord } from './lab-records.js';

/** Text that would be markup, a table's end, a script or a broken file if it were written as it is. */
export const hostileTexts = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style><style>body{display:none}</style>',
  '</svg></title></desc><b>bold</b>',
  ']]>&lt;&#60;&amp;',
  'a | b \\| c',
  '```\n# heading\n```',
  '[link](javascript:alert(1)) ![x](http://example.invalid/x.png)',
  'nul \u0000 bell \u0007 escape \u001b[31m half \ud800 end \ufffe',
  'مرحبا 漢字 🙂',
  'x'.repeat(300),
] as const;

/** A run whose every text is this one. */
export function recordOf(text: string): LabRecord {
  const base = lostWriteRecord();
  return {
    ...base,
    lab: text,
    title: text,
    about: text,
    conclusion: text,
    source: text,
    stack: text,
    topology: { ...base.topology, sync: text },
    runId: text,
    windows: base.windows.map((window) => ({ ...window, name: text, extra: { [text]: 1 } })),
    steps: base.steps.map((step) => ({ ...step, text, prediction: text, observed: text, outcome: 'failed' })),
    moments: base.moments.map((moment) => ({ ...moment, name: text })),
    bands: base.bands.map((band) => ({ ...band, name: text, node: text })),
    assertions: [null, false, true].map((passed) => ({ text, passed, observed: text })),
    ledger: ledgerOf({
      verdict: 'invalid',
      lost: 1,
      lostKeys: [text],
      lostByPart: { [text]: 1 },
      unexpected: 1,
      unexpectedKeys: [text],
    }),
    manifest: {
      ...base.manifest,
      halab: text,
      node: text,
      cpu: text,
      system: text,
      dockerEngine: text,
      images: { [text]: text },
    },
    evidence: text,
    next: [text],
  };
}
