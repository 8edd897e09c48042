import type { LabSeries, NamedSpread } from '../../labs/run/series.js';
import { formatMs } from '../format.js';
import { columns, dash, formatCount, type ReportTable } from './report-table.js';

/** The runs of a lab that was repeated, in the order in which they were made. */
export const runsTable = ({ runs }: LabSeries): ReportTable => ({
  caption: 'The runs',
  header: [
    'Run',
    'Verdict',
    'Write outage',
    'Read outage',
    'Lost',
    'Failed writes',
    'Indeterminate',
    'Stale reads',
  ],
  rows: runs.map(({ runId, verdict, outage, ledger, whole: { reads } }, index) => [
    `${index + 1} (${runId})`,
    verdict,
    formatMs(outage.writeMs),
    formatMs(outage.readMs),
    ...[ledger?.lost, ledger?.failed, ledger?.indeterminate, reads.stale].map(formatCount),
  ]),
  right: columns(2, 7),
});

/** Their names say what they are: `write outage in ms`, `lost writes`. */
function spreadRow({ name, runs, min, median, max, p95, interval }: NamedSpread): string[] {
  const isTime = name.endsWith(' in ms');
  const value = (of: number | null): string => (isTime ? formatMs(of) : formatCount(of));
  return [
    isTime ? name.slice(0, -' in ms'.length) : name,
    formatCount(runs),
    value(min),
    value(median),
    interval === null ? dash : `${value(interval.low)} to ${value(interval.high)}`,
    value(p95),
    value(max),
  ];
}

export const spreadsTable = ({ spreads }: LabSeries): ReportTable => ({
  caption: 'Over all runs; a dash where they are too few for a figure',
  header: ['Of', 'Runs', 'Least', 'Median', '95 % confidence of the median', 'p95', 'Most'],
  rows: spreads.map(spreadRow),
  right: columns(1, 6),
});
