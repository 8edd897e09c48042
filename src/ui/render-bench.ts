import type {
  BenchResult,
  Change,
  Comparison,
  ErrorCounts,
  Gain,
  Metric,
  SideResult,
} from '../bench/bench-result.js';
import type { Ratio } from '../measure/statistics/ratio.js';
import { formatBytes, formatMs } from './format.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';
import { wrap } from './wrap.js';

const absent = '–';

/** Three digits at least, and no more than stand for something. */
function formatFigure(value: number | null): string {
  if (value === null) return absent;
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : Math.round(value).toString();
}

const count = (value: number): string => Math.round(value).toLocaleString('en');

const metricNames: Record<Metric, string> = { throughputPerSecond: 'throughput', p50Ms: 'p50', p99Ms: 'p99' };

function latencies(sides: readonly SideResult[], style: Style): string {
  return renderTable(
    ['LATENCY, ms', 'ASKED', 'GOT', 'COUNT', 'p50', 'p90', 'p99', 'p99.9', 'MAX'],
    sides.map(({ name, latency, rateAskedPerSecond, rateAchievedPerSecond }) => [
      name,
      ...[rateAskedPerSecond, rateAchievedPerSecond].map((rate) => Math.round(rate).toString()),
      latency.count.toString(),
      ...[latency.p50Ms, latency.p90Ms, latency.p99Ms, latency.p999Ms, latency.maxMs].map(formatFigure),
    ]),
    style,
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
}

function throughputs(sides: readonly SideResult[], style: Style): string {
  const most = Math.max(1, ...sides.map(({ throughputPerSecond }) => throughputPerSecond ?? 0));
  const width = Math.max(10, Math.min(40, style.columns - 30));
  const bar = (value: number | null): string =>
    value === null ? '' : style.paint.cyan('━'.repeat(Math.max(1, Math.round((value / most) * width))));
  return renderTable(
    ['THROUGHPUT', 'PER s', ''],
    sides.map(({ name, throughputPerSecond }) => [
      name,
      throughputPerSecond === null ? absent : count(throughputPerSecond),
      bar(throughputPerSecond),
    ]),
    style,
    [1],
  );
}

const errorCount = (errors: ErrorCounts): number =>
  Object.values(errors).reduce((sum, number) => sum + number, 0);

function loads(sides: readonly SideResult[], style: Style): string {
  const percents = ({ sources }: SideResult): string[] => {
    if (sources === null) return [absent, absent, absent];
    const { cache, replica, primary } = sources;
    const all = Math.max(1, cache + replica + primary);
    return [cache, replica, primary].map((number) => `${((number / all) * 100).toFixed(1)} %`);
  };
  return renderTable(
    ['ANSWERED FROM', 'CACHE', 'REPLICA', 'PRIMARY', 'QUERIES PER REQUEST', 'ERRORS'],
    sides.map((side) => [
      side.name,
      ...percents(side),
      side.database?.perRequest?.toFixed(4) ?? absent,
      count(errorCount(side.errors)),
    ]),
    style,
    [1, 2, 3, 4, 5],
  );
}

/** `6.41 times (95 %: 6.12 to 6.60)`. */
function formatRatio({ ratio, interval }: Ratio): string {
  const times = `${formatFigure(ratio)} times`;
  if (interval === null) return times;
  const { low, high, confidence } = interval;
  return `${times} (${Math.round(confidence * 100)} %: ${formatFigure(low)} to ${formatFigure(high)})`;
}

function gains(all: readonly Gain[], style: Style): string {
  return renderTable(
    ['GAIN', 'OF', ''],
    all.map((gain) => [`${gain.side} to ${gain.to}`, metricNames[gain.metric], formatRatio(gain)]),
    style,
  );
}

/** Whether the interval leaves a doubt that there is a difference at all. */
const isShown = ({ interval }: Ratio): boolean =>
  interval !== null && (interval.low > 1 || interval.high < 1);

function comparison({ earlierDate, changes, differences }: Comparison, style: Style): string[] {
  const row = (change: Change): string[] => [
    change.side,
    metricNames[change.metric],
    ...[change.earlier, change.now, change.ratio].map(formatFigure),
    change.interval === null
      ? absent
      : `${formatFigure(change.interval.low)} to ${formatFigure(change.interval.high)}`,
    isShown(change) ? '' : style.paint.dim('none shown'),
  ];
  return [
    style.paint.bold(`Against the run of ${earlierDate}`),
    renderTable(['CHANGE', 'OF', 'THEN', 'NOW', 'TIMES', '95 %', ''], changes.map(row), style, [2, 3, 4]),
    ...differences.map(
      (difference) =>
        `${style.paint.yellow('!')} ${wrap(`The runs differ: ${difference}.`, style.columns - 2, '  ')}`,
    ),
    '',
  ];
}

function notes({ sides, settings }: BenchResult, fit: (text: string) => string): string[] {
  const isAbsent = sides.some(({ latency }) => latency.p999Ms === null);
  const errors = sides.flatMap((side) =>
    Object.entries(side.errors).map(([name, number]) => `${side.name}: ${name} (${count(number)} times).`),
  );
  const late = sides.flatMap(({ generator }) => generator.late.p99Ms ?? []);
  const cpu = sides.flatMap(({ generator }) => generator.cpu ?? []);
  return [
    ...errors,
    `Latency from the intended start of a request, at the rate that was asked for; throughput with ${settings.connections} connections that do not pause.`,
    ...(isAbsent ? [`${absent}: too few samples. p90 needs 100, p99 1,000, p99.9 10,000.`] : []),
    ...(settings.rounds < 6 ? ['An interval needs 6 rounds.'] : []),
    ...(cpu.length === 0
      ? []
      : [
          `Generator: ${late.length === 0 ? '' : `late by ${formatFigure(Math.max(...late))} ms at p99, `}at most ${Math.round(Math.max(...cpu) * 100)} % of a processor.`,
        ]),
  ].map(fit);
}

/** The report of a benchmark, in 80 columns: what was measured, how sure it is, and on what. */
export function renderBench(result: BenchResult, style: Style): string {
  const { benchmark, stack, settings, manifest, sides, verdict, reasons } = result;
  const { paint } = style;
  const fit = (text: string): string => wrap(text, Math.min(style.columns, 100));
  const { cpu, cpus, memoryBytes, system, loadAverageBefore } = manifest.machine;
  const versions = Object.entries(manifest.versions).map(([name, version]) => `${name} ${version}`);
  return [
    paint.bold(
      `Benchmark ${benchmark} on ${stack}: ${settings.rounds} ${settings.rounds === 1 ? 'round' : 'rounds'}, latencies ${formatMs(settings.durationMs)} each`,
    ),
    '',
    latencies(sides, style),
    '',
    throughputs(sides, style),
    '',
    ...(sides.some(({ database }) => database !== null) ? [loads(sides, style), ''] : []),
    ...(result.gains.length === 0 ? [] : [gains(result.gains, style), '']),
    ...(result.comparison === null ? [] : comparison(result.comparison, style)),
    ...notes(result, fit),
    fit(
      `${cpus} × ${cpu}, ${formatBytes(memoryBytes)}, ${system}, load average before ${loadAverageBefore.toFixed(2)}; ${versions.join(', ')}`,
    ),
    ...(verdict === 'measured'
      ? []
      : [
          '',
          paint.yellow('INCONCLUSIVE'),
          ...reasons.map((reason) => `${paint.yellow('!')} ${wrap(reason, style.columns - 2, '  ')}`),
        ]),
    '',
  ].join('\n');
}
