import type { MeasureResult } from '../measure/measure-endpoint.js';
import type { LatencySummary } from '../measure/statistics/latency-histogram.js';
import { formatMs } from './format.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';
import { wrap } from './wrap.js';

const latency = (ms: number | null): string => (ms === null ? '–' : `${ms.toFixed(ms < 10 ? 2 : 0)} ms`);

function latencyRow(name: string, summary: LatencySummary): string[] {
  const { count, p50Ms, p90Ms, p99Ms, maxMs } = summary;
  return [name, String(count), ...[p50Ms, p90Ms, p99Ms, maxMs].map(latency)];
}

/** What the clients of an endpoint felt. */
export function renderMeasure({ figures, ledger, errors, maxLateMs }: MeasureResult, style: Style): string {
  const { paint, columns } = style;
  const fit = (text: string): string => wrap(text, columns - 2, '  ');
  const { outage, reads, latency: latencies, updates } = figures;
  const clients = Object.entries(outage.byClientMs).sort(([, a], [, b]) => b - a);
  const [worst] = clients;
  const noted = Object.entries(errors).sort(([, a], [, b]) => b - a);
  return [
    `Measured for ${formatMs(figures.untilMs - figures.fromMs)}; no client woke later than ${formatMs(maxLateMs)} after it was due.`,
    '',
    ...(outage.write === null
      ? []
      : [
          `${paint.bold('Longest time without an acknowledged write')}  ${formatMs(outage.writeMs)}${worst === undefined ? '' : `; of one client: ${formatMs(worst[1])} (${worst[0]})`}`,
        ]),
    ...(outage.read === null
      ? []
      : [
          `${paint.bold('Longest time without a good read')}            ${formatMs(outage.readMs)}; ${reads.good} answered, ${reads.failed} failed`,
        ]),
    ...(updates.acknowledged === 0
      ? []
      : [
          `${paint.bold('Stale reads')}                                 ${reads.stale}${reads.stale === 0 ? '' : `; the oldest value was replaced ${formatMs(reads.oldestStaleMs)} before`}`,
        ]),
    '',
    renderTable(
      ['LATENCY', 'COUNT', 'P50', 'P90', 'P99', 'MAX'],
      [
        ...(latencies.write === null ? [] : [latencyRow('acknowledged writes', latencies.write)]),
        ...(latencies.read === null ? [] : [latencyRow('good reads', latencies.read)]),
      ],
      style,
      [1, 2, 3, 4, 5],
    ),
    '',
    ...(ledger === null
      ? []
      : [
          renderTable(
            ['WRITES', 'ACKNOWLEDGED', 'FAILED', 'INDETERMINATE', 'LOST', 'RECOVERED'],
            [
              [
                String(ledger.attempted),
                ...[ledger.acknowledged, ledger.failed, ledger.indeterminate].map(String),
                ...[ledger.lost, ledger.recovered].map((count) =>
                  count === null ? 'unknown' : String(count),
                ),
              ],
            ],
            style,
            [0, 1, 2, 3, 4, 5],
          ),
          '',
        ]),
    ...(noted.length === 0
      ? []
      : [fit(`Errors: ${noted.map(([code, count]) => `${count} × ${code}`).join(', ')}`), '']),
    ...(ledger === null || ledger.verdict === 'valid'
      ? []
      : [
          ledger.verdict === 'invalid'
            ? paint.red(`${ledger.lost ?? 0} acknowledged writes are gone.`)
            : paint.yellow('Whether a write was lost is not known: there was no final read.'),
          '',
        ]),
  ].join('\n');
}
