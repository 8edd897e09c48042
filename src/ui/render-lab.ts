import type { Assertion, Band, LabRecord, LabVerdict, Moment, StepRecord, Window } from '../labs/record.js';
import type { LabSeries } from '../labs/run/series.js';
import type { WriteCounts } from '../measure/write-entry.js';
import { formatMs } from './format.js';
import { renderPhases } from './render-failover.js';
import { renderNext } from './render-next.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';
import { wrap } from './wrap.js';

const figure = (value: number | null): string => (value === null ? 'unknown' : String(value));

const wordOf = (verdict: LabVerdict, { paint }: Style): string =>
  ({
    passed: paint.green('PASSED'),
    failed: paint.red('FAILED'),
    inconclusive: paint.yellow('INCONCLUSIVE'),
  })[verdict];

const markOf = (passed: boolean | null, { paint }: Style): string =>
  passed === null ? paint.yellow('?') : passed ? paint.green('✔') : paint.red('✖');

const fit = (text: string, { columns }: Style): string => wrap(text, columns - 2, '  ');

function stepLines(steps: readonly StepRecord[], style: Style): string[] {
  const passed = { done: true, failed: false, inconclusive: null } as const;
  return steps.map(({ text, outcome, observed }) => {
    // A word to the reader, and the beginning of a part.
    if (outcome === 'done' && observed === '') return style.paint.dim(fit(`  ${text}`, style));
    return `${markOf(passed[outcome], style)} ${fit(`${text}: ${observed}`, style)}`;
  });
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

/** Phases that are none of the lab's own. */
function phasesOf(
  bands: readonly Band[],
  faultMs: number,
): { name: string; startMs: number; durationMs: number }[] {
  return bands
    .filter(
      ({ kind, name, fromMs }) =>
        kind === 'phase' && name !== 'look for every acknowledged write' && fromMs >= faultMs,
    )
    .map(({ name, fromMs, untilMs }) => ({ name, startMs: fromMs - faultMs, durationMs: untilMs - fromMs }));
}

function writes({ ledger }: LabRecord, style: Style): string[] {
  if (ledger === null) return [];
  const row = (name: string, of: WriteCounts, lost: string): string[] => [
    name,
    ...[of.attempted, of.acknowledged, of.failed, of.indeterminate].map(String),
    lost,
  ];
  const names = {
    proxy: 'through the proxy',
    api: 'through the API',
    direct: 'straight into a server',
  } as const;
  const paths = (['proxy', 'api', 'direct'] as const).filter((path) => ledger.byPath[path].attempted > 0);
  return [
    renderTable(
      ['WRITES', 'ATTEMPTED', 'ACKNOWLEDGED', 'FAILED', 'INDETERMINATE', 'LOST'],
      [
        ...paths.map((path) => row(names[path], ledger.byPath[path], '')),
        row('together', ledger, figure(ledger.lost)),
      ],
      style,
      [1, 2, 3, 4, 5],
    ),
    ...(ledger.indeterminate === 0
      ? []
      : [
          fit(
            `Indeterminate: the connection broke before an answer. Of the writes that were not acknowledged, ${figure(ledger.recovered)} are there all the same.`,
            style,
          ),
        ]),
    '',
  ];
}

/** The parts of a run side by side; a column that has nothing in any of them is left out. */
function windows({ windows: parts }: LabRecord, style: Style): string[] {
  const columns = [
    ...(parts.some(({ writes: { attempted } }) => attempted > 0) ? writeColumns(parts) : []),
    ...(parts.some(({ reads: { good, failed } }) => good + failed > 0) ? readColumns(parts) : []),
  ];
  if (parts.length < 2 || columns.length === 0) return [];
  const told = columns.filter(({ shown }) => shown);
  return [
    renderTable(
      ['PART', ...told.map(({ title }) => title)],
      parts.map((part) => [part.name, ...told.map(({ of }) => of(part))]),
      style,
      told.map((_, index) => index + 1),
    ),
    '',
  ];
}

const writeColumns = (parts: readonly Window[]) => [
  { title: 'WRITES', shown: true, of: ({ writes: { acknowledged } }: Window) => String(acknowledged) },
  {
    title: 'REFUSED',
    shown: parts.some(({ writes: { failed, indeterminate } }) => failed + indeterminate > 0),
    of: ({ writes: { failed, indeterminate } }: Window) => String(failed + indeterminate),
  },
  { title: 'WRITE p50', shown: true, of: ({ latency }: Window) => latencyOf(latency.write?.p50Ms) },
  { title: 'WRITE OUTAGE', shown: true, of: ({ outage }: Window) => formatMs(outage.writeMs) },
];

const readColumns = (parts: readonly Window[]) => [
  { title: 'READS', shown: true, of: ({ reads }: Window) => String(reads.good) },
  {
    title: 'FAILED',
    shown: parts.some(({ reads }) => reads.failed > 0),
    of: ({ reads }: Window) => String(reads.failed),
  },
  { title: 'READ p50', shown: true, of: ({ latency }: Window) => latencyOf(latency.read?.p50Ms) },
  {
    title: 'STALE',
    shown: parts.some(({ reads }) => reads.stale > 0),
    of: ({ reads }: Window) => String(reads.stale),
  },
];

const latencyOf = (ms: number | null | undefined): string =>
  ms === null || ms === undefined ? '–' : `${ms.toFixed(ms < 10 ? 2 : 0)} ms`;

function outages({ outage, whole }: LabRecord, { paint }: Style): string[] {
  const { write, read, byPath, readResolutionMs } = whole.outage;
  const paths = [
    byPath.proxy === undefined ? '' : `proxy ${formatMs(byPath.proxy.outageMs)}`,
    byPath.api === undefined ? '' : `API ${formatMs(byPath.api.outageMs)}`,
    outage.resolutionMs === null ? '' : `resolution ${formatMs(outage.resolutionMs)}`,
  ].filter((part) => part !== '');
  const { reads } = whole;
  const lines = [
    ...(write === null
      ? []
      : [`${paint.bold('Write outage')}  ${formatMs(outage.writeMs)}   ${paths.join(', ')}`]),
    ...(read === null
      ? []
      : [
          `${paint.bold('Read outage')}   ${formatMs(outage.readMs)}   ${reads.good} reads answered, ${reads.failed} failed${readResolutionMs === null ? '' : `; resolution ${formatMs(readResolutionMs)}`}`,
        ]),
    ...(reads.stale === 0
      ? []
      : [
          `${paint.bold('Stale reads')}   ${reads.stale}   the oldest value was replaced ${formatMs(reads.oldestStaleMs)} before it was asked for`,
        ]),
  ];
  return lines.length === 0 ? [] : [...lines, ''];
}

const assertionLines = (assertions: readonly Assertion[], style: Style): string[] =>
  assertions.map(
    ({ text, passed, observed }) => `${markOf(passed, style)} ${fit(`${text} (${observed})`, style)}`,
  );

/** The report of a run: what happened when, what clients felt, what became of their writes, the verdict. */
export function renderLabRun(run: LabRecord, style: Style): string {
  const { paint } = style;
  const { whole, assertions, verdict, evidence } = run;
  const originMs = run.bands.find(({ kind }) => kind === 'fault')?.fromMs ?? whole.faultMs;
  const phases = originMs === null ? [] : phasesOf(run.bands, originMs);
  return [
    paint.bold(fit(`Lab ${run.lab}: ${run.title}`, style)),
    '',
    ...stepLines(run.steps, style),
    '',
    ...(run.moments.length === 0 ? [] : [moments(run.moments, style), '']),
    ...(phases.length === 0 ? [] : [renderPhases(phases, style), '']),
    ...outages(run, style),
    ...windows(run, style),
    ...writes(run, style),
    ...assertionLines(assertions, style),
    wordOf(verdict, style),
    ...(verdict === 'passed' ? ['', fit(run.conclusion.replaceAll('\n', ' '), style)] : []),
    '',
    ...evidenceLines(evidence, style),
    ...renderNext(run.next, style),
    '',
  ].join('\n');
}

/** Several runs of one lab: each in a line, then what all of them say. */
export function renderSeries({ lab, verdict, runs, assertions, spreads }: LabSeries, style: Style): string {
  const { paint } = style;
  const whole = (value: number | null): string => (value === null ? '–' : value.toFixed(0));
  return [
    paint.bold(`Lab ${lab}, ${runs.length} runs`),
    '',
    renderTable(
      ['RUN', 'VERDICT', 'WRITE OUTAGE', 'READ OUTAGE', 'LOST', 'STALE READS'],
      runs.map((run, index) => [
        String(index + 1),
        run.verdict,
        formatMs(run.outage.writeMs),
        formatMs(run.outage.readMs),
        figure(run.ledger?.lost ?? null),
        String(run.whole.reads.stale),
      ]),
      style,
      [0, 2, 3, 4, 5],
    ),
    '',
    renderTable(
      ['OVER ALL RUNS', 'MIN', 'MEDIAN', '95 % CONFIDENCE', 'P95', 'MAX'],
      spreads.map(({ name, min, median, max, p95, interval }) => [
        name,
        whole(min),
        whole(median),
        interval === null ? '–' : `${whole(interval.low)} to ${whole(interval.high)}`,
        whole(p95),
        whole(max),
      ]),
      style,
      [1, 2, 3, 4, 5],
    ),
    '',
    ...assertionLines(assertions, style),
    wordOf(verdict, style),
    '',
    ...evidenceLines(runs.at(-1)?.evidence, style),
    '',
  ].join('\n');
}

const evidenceLines = (folder: string | null | undefined, style: Style): string[] =>
  folder === null || folder === undefined ? [] : [fit(`Evidence: ${folder}/report.html`, style)];
