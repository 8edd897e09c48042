import type { LabRun, Moment } from '../labs/lab.js';
import { formatMs } from './format.js';
import { renderPhases } from './render-failover.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';
import { wrap } from './wrap.js';

export function renderLabs(labs: readonly { name: string; about: string }[], style: Style): string {
  return `${renderTable(
    ['LAB', 'WHAT IT SHOWS'],
    labs.map(({ name, about }) => [name, about]),
    style,
  )}\n`;
}

const moments = (all: readonly Moment[], style: Style): string =>
  renderTable(
    ['MOMENT', 'AT', 'SINCE THE ONE BEFORE'],
    all.map(({ name, atMs }, index) => {
      const before = all[index - 1];
      return [
        name,
        `${atMs >= 0 ? '+' : '−'}${Math.abs(Math.round(atMs))} ms`,
        before === undefined ? '' : formatMs(atMs - before.atMs),
      ];
    }),
    style,
    [1, 2],
  );

const figure = (value: number | null): string => (value === null ? 'unknown' : String(value));

function writes({ ledger }: LabRun, style: Style): string {
  const { byPath } = ledger;
  const row = (
    name: string,
    of: { attempted: number; acknowledged: number; failed: number; indeterminate: number },
    lost: string,
  ): string[] => [name, ...[of.attempted, of.acknowledged, of.failed, of.indeterminate].map(String), lost];
  return renderTable(
    ['WRITES', 'ATTEMPTED', 'ACKNOWLEDGED', 'FAILED', 'INDETERMINATE', 'LOST'],
    [
      row('through the proxy', byPath.proxy, ''),
      row('through the API', byPath.api, ''),
      row('together', ledger, figure(ledger.lost)),
    ],
    style,
    [1, 2, 3, 4, 5],
  );
}

/** The report of a run: what happened when, what clients felt, what became of their writes, the verdict. */
export function renderLabRun(run: LabRun, style: Style): string {
  const { paint } = style;
  const { outage, reads, ledger, assertions, verdict } = run;
  const word = {
    passed: paint.green('PASSED'),
    failed: paint.red('FAILED'),
    inconclusive: paint.yellow('INCONCLUSIVE'),
  };
  const fit = (text: string): string => wrap(text, style.columns - 2, '  ');
  const mark = (passed: boolean | null): string =>
    passed === null ? paint.yellow('?') : passed ? paint.green('✔') : paint.red('✖');
  return [
    paint.bold(`Lab ${run.lab}: the primary dies, the replica takes over, HAProxy follows`),
    '',
    moments(run.moments, style),
    '',
    'The failover:',
    renderPhases(run.phases, style),
    '',
    `${paint.bold('Write outage')}  ${formatMs(outage.writeMs)}   proxy ${formatMs(outage.byPath.proxy?.outageMs ?? null)}, API ${formatMs(outage.byPath.api?.outageMs ?? null)}; resolution ${formatMs(outage.resolutionMs)}`,
    `${paint.bold('Read outage')}   ${formatMs(outage.readMs)}   ${reads.good} reads answered, ${reads.failed} failed; resolution ${formatMs(outage.readResolutionMs)}`,
    '',
    writes(run, style),
    ...(ledger.lost === null || ledger.lost === 0
      ? []
      : [
          fit(
            `${ledger.lost} acknowledged writes are gone: replication is asynchronous, and the primary died before it had sent them.`,
          ),
        ]),
    ...(ledger.indeterminate === 0
      ? []
      : [
          fit(
            `Indeterminate: the connection broke before an answer. Of the writes that were not acknowledged, ${figure(ledger.recovered)} are there all the same.`,
          ),
        ]),
    '',
    ...assertions.map(({ text, passed, observed }) => `${mark(passed)} ${fit(`${text} (${observed})`)}`),
    word[verdict],
    '',
    fit(
      'The stack runs on, without redundancy: its old primary is stopped. The next run of the lab replaces it.',
    ),
    ...run.next.map((line) => `${paint.cyan('→')} ${line}`),
    '',
  ].join('\n');
}
