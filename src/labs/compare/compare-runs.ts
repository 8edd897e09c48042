import { repeatsNeeded } from '../../measure/statistics/bootstrap.js';
import { median } from '../../measure/statistics/percentile.js';
import { type Ratio, ratioOfRuns } from '../../measure/statistics/ratio.js';
import { type OutagePhase, outagePhases } from '../figures/outage-phases.js';
import { type FigureName, type RunFigures, runFigures } from '../figures/run-figures.js';
import { type Spread, spreadOf } from '../figures/spread.js';
import type { LabRecord, LabVerdict } from '../record.js';

/** The runs of one file or folder: one run, or a lab that was repeated. */
export interface RunsOfFile {
  file: string;
  records: readonly LabRecord[];
}

type Runs = readonly [LabRecord, ...LabRecord[]];

/** One side of a comparison. */
export interface ComparedSide {
  /** `A`, `B`, …: what tables and pictures call it. */
  label: string;
  file: string;
  lab: string;
  stack: string;
  /** ISO 8601, UTC; of the first run. */
  startedAt: string;
  runs: number;
  runIds: string[];
  verdicts: Record<LabVerdict, number>;
  /** A time is the median of the runs, a count their sum; null where no run has it. */
  figures: RunFigures;
  /** In milliseconds; null where no run has one. */
  writeOutage: Spread | null;
  readOutage: Spread | null;
  /** Of the run whose write outage is nearest to the median. */
  outagePhases: OutagePhase[];
  /** The write outage as a multiple of the first side's; null for that one, and where a side has none. */
  writeOutageRatio: Ratio | null;
}

/** Something besides the outcome in which the sides are not alike: figures may differ because of it. */
interface Difference {
  what: string;
  /** One for each side, in their order. */
  values: string[];
}

export interface Comparison {
  sides: ComparedSide[];
  differences: Difference[];
  /** How many runs a side takes for an interval. */
  runsNeeded: number;
  /** Of each side, the run that pictures show: that of its `outagePhases`. */
  typical: LabRecord[];
}

const counts: readonly FigureName[] = [
  'lost',
  'failedWrites',
  'indeterminateWrites',
  'failedReads',
  'staleReads',
];
const names: readonly FigureName[] = [
  'writeOutageMs',
  'readOutageMs',
  ...counts,
  'writeP50Ms',
  'writeP99Ms',
  'readP50Ms',
  'readP99Ms',
];

/** A, B, …, Z, AA, AB, … */
export function labelOf(index: number): string {
  const letter = String.fromCodePoint(65 + (index % 26));
  return index < 26 ? letter : `${labelOf(Math.floor(index / 26) - 1)}${letter}`;
}

function sumOrMedian(name: FigureName, values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return counts.includes(name) ? known.reduce((sum, value) => sum + value, 0) : median(known);
}

function nearestTo(middle: number | null, records: Runs): LabRecord {
  const distance = ({ outage }: LabRecord): number =>
    middle === null || outage.writeMs === null ? Infinity : Math.abs(outage.writeMs - middle);
  return records.reduce((nearest, record) => (distance(record) < distance(nearest) ? record : nearest));
}

const writeOutages = (records: readonly LabRecord[]): (number | null)[] =>
  records.map(({ outage }) => outage.writeMs);

interface SideInput {
  file: string;
  records: Runs;
}

const typicalOf = (records: Runs): LabRecord =>
  nearestTo(median(writeOutages(records).filter((value) => value !== null)), records);

function sideOf({ file, records }: SideInput, index: number, first: readonly LabRecord[]): ComparedSide {
  const figures = records.map(runFigures);
  const typical = typicalOf(records);
  const verdicts: Record<LabVerdict, number> = { passed: 0, failed: 0, inconclusive: 0 };
  for (const { verdict } of records) verdicts[verdict] += 1;
  const entries = names.map(
    (name) =>
      [
        name,
        sumOrMedian(
          name,
          figures.map((each) => each[name]),
        ),
      ] as const,
  );
  return {
    label: labelOf(index),
    file,
    lab: typical.lab,
    stack: typical.stack,
    startedAt: records[0].startedAt,
    runs: records.length,
    runIds: records.map(({ runId }) => runId),
    verdicts,
    figures: Object.fromEntries(entries) as Record<FigureName, number | null>,
    writeOutage: spreadOf(writeOutages(records)),
    readOutage: spreadOf(records.map(({ outage }) => outage.readMs)),
    outagePhases: outagePhases(typical),
    writeOutageRatio:
      index === 0 ? null : ratioOfRuns(writeOutages(records), writeOutages(first), { seed: 1 }),
  };
}

/** What a figure depends on besides the stack's own doing, in words. */
function circumstances({ lab, source, topology, manifest, seed }: LabRecord): Map<string, string> {
  return new Map([
    ['lab', lab],
    ['file of the lab', source.trim()],
    ['replicas', String(topology.replicas)],
    ['synchronous replication', topology.sync],
    ['PgBouncer', topology.pooler ? 'yes' : 'no'],
    ['seed', String(seed)],
    ['halab', manifest.halab],
    ['Node.js', manifest.node],
    ['Docker Engine', manifest.dockerEngine],
    ['system', manifest.system],
    ['processor', manifest.cpu],
    ['cores', String(manifest.cpus)],
    ['memory', `${Math.round(manifest.memoryBytes / 1024 ** 2)} MB`],
    ...Object.entries(manifest.images).map(([kind, image]): [string, string] => [`image of ${kind}`, image]),
  ]);
}

/** Texts of many lines are told apart by numbers: the first is 1, another one 2. */
function numbered(values: readonly string[]): string[] {
  const kinds = [...new Set(values)];
  return values.map((value) => `version ${kinds.indexOf(value) + 1}`);
}

/** Half of the processors at other work before a run slow it down enough to be told. */
const busyShare = 0.5;

function differencesOf(typical: readonly LabRecord[]): Difference[] {
  const all = typical.map(circumstances);
  const kinds = new Set(all.flatMap((each) => [...each.keys()]));
  const unlike = [...kinds].flatMap((what): Difference[] => {
    const values = all.map((each) => each.get(what) ?? '–');
    if (new Set(values).size === 1) return [];
    return [{ what, values: what === 'file of the lab' ? numbered(values) : values }];
  });
  const loads = typical.map(({ manifest }) => manifest);
  const busy = loads.some(({ loadAverageBefore, cpus }) => loadAverageBefore >= cpus * busyShare);
  return busy
    ? [
        ...unlike,
        {
          what: 'load average before',
          values: loads.map(({ loadAverageBefore }) => loadAverageBefore.toFixed(2)),
        },
      ]
    : unlike;
}

/**
 * Puts runs side by side, one side a file; a single file of several runs gives one side a run. Pure.
 *
 * @param files each with at least one record
 */
export function compareRuns(files: readonly RunsOfFile[]): Comparison {
  const [only, ...more] = files;
  const apart =
    only !== undefined && more.length === 0
      ? only.records.map((record) => ({ file: only.file, records: [record] }))
      : files;
  const first = apart[0]?.records ?? [];
  const inputs = apart.flatMap(({ file, records: [head, ...rest] }): SideInput[] =>
    head === undefined ? [] : [{ file, records: [head, ...rest] }],
  );
  const typical = inputs.map(({ records }) => typicalOf(records));
  return {
    sides: inputs.map((input, index) => sideOf(input, index, first)),
    differences: differencesOf(typical),
    runsNeeded: repeatsNeeded(0.95),
    typical,
  };
}
