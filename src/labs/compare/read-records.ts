import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import Type from 'typebox';
import { Errors } from 'typebox/value';
import { HalabError } from '../../errors/halab-error.js';
import type { LabRecord } from '../record.js';
import type { RunsOfFile } from './compare-runs.js';

const nullable = (schema: Type.TSchema) => Type.Union([schema, Type.Null()]);
const Figure = nullable(Type.Number());
const Count = Type.Number({ minimum: 0 });
const Series = Type.Array(Type.Number());
const Figures = nullable(Type.Object({ p50Ms: Figure, p99Ms: Figure, maxMs: Figure }));
const OutageSchema = nullable(
  Type.Object({ outageMs: Type.Number(), lastGoodMs: Figure, firstGoodMs: Figure, resolutionMs: Figure }),
);

/** What of a record a comparison and its pictures read. More may be there: a later halab may add to it. */
const RecordSchema = Type.Object({
  lab: Type.String(),
  source: Type.String(),
  stack: Type.String(),
  runId: Type.String(),
  topology: Type.Object({ replicas: Count, sync: Type.String(), pooler: Type.Boolean() }),
  startedAt: Type.String(),
  fromMs: Type.Number(),
  untilMs: Type.Number(),
  seed: Type.Number(),
  verdict: Type.Union(['passed', 'failed', 'inconclusive'].map((verdict) => Type.Literal(verdict))),
  whole: Type.Object({
    fromMs: Type.Number(),
    faultMs: Figure,
    reads: Type.Object({ good: Count, failed: Count, stale: Count }),
    outage: Type.Object({ write: OutageSchema, read: OutageSchema }),
    latency: Type.Object({ write: Figures, read: Figures }),
  }),
  outage: Type.Object({ writeMs: Figure, readMs: Figure, resolutionMs: Figure }),
  ledger: nullable(Type.Object({ failed: Count, indeterminate: Count, lost: Figure })),
  bands: Type.Array(
    Type.Object({
      kind: Type.String(),
      name: Type.String(),
      node: nullable(Type.String()),
      fromMs: Type.Number(),
      untilMs: Type.Number(),
    }),
  ),
  windows: Type.Array(Type.Object({ name: Type.String(), fromMs: Type.Number(), untilMs: Type.Number() })),
  timeline: Type.Object({
    fromMs: Type.Number(),
    bucketMs: Type.Number({ exclusiveMinimum: 0 }),
    writesAcknowledged: Series,
    writesFailed: Series,
    writesIndeterminate: Series,
    readsGood: Series,
    readsFailed: Series,
    readsStale: Series,
  }),
  manifest: Type.Object({
    halab: Type.String(),
    node: Type.String(),
    cpu: Type.String(),
    cpus: Count,
    memoryBytes: Count,
    system: Type.String(),
    dockerEngine: Type.String(),
    images: Type.Record(Type.String(), Type.String()),
    loadAverageBefore: Type.Number(),
  }),
});

const invalid = (file: string, reason: string, cause?: unknown): HalabError =>
  new HalabError('RECORD_INVALID', `${file} ${reason}.`, cause === undefined ? {} : { cause });

const reasonOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'
    ? 'is not there'
    : `cannot be read: ${(error as Error).message}`;

const recordName = 'record.json';

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/** The records below a path, of runs in the order of their folders’ names, which begin with the lab and the time. */
async function recordFiles(path: string): Promise<string[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw invalid(path, reasonOf(error), error);
  });
  if (!found.isDirectory()) return [path];
  const own = join(path, recordName);
  if (await isFile(own)) return [own];
  const below = (await readdir(path)).sort().map((name) => join(path, name, recordName));
  const there = await Promise.all(below.map(isFile));
  const files = below.filter((_, index) => there[index]);
  if (files.length === 0) throw invalid(path, `holds no ${recordName}, and no folder in it does`);
  return files;
}

/**
 * The runs of one side of a comparison.
 *
 * @param path a run's `record.json`; the folder of its evidence; a folder of such folders, as `--repeat` with `--report` leaves
 *   it; or a file with an array of records
 * @throws RECORD_INVALID with the file and the reason
 */
export async function readRecords(path: string): Promise<RunsOfFile> {
  const files = await recordFiles(path);
  const records = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, 'utf8').catch((error: unknown) => {
        throw invalid(file, reasonOf(error), error);
      });
      return parseRecords(text, file);
    }),
  );
  return { file: path, records: records.flat() };
}

/**
 * Pure.
 *
 * @param file named in errors
 * @throws RECORD_INVALID
 */
function parseRecords(text: string, file: string): LabRecord[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(file, `is no JSON: ${(error as Error).message}`, error);
  }
  const records: unknown[] = Array.isArray(value) ? value : [value];
  if (records.length === 0) throw invalid(file, 'holds no run: the array is empty');
  for (const [index, record] of records.entries()) {
    const error = Errors(RecordSchema, record)[0];
    if (error === undefined) continue;
    const at = [...(Array.isArray(value) ? [index] : []), ...error.instancePath.split('/').slice(1)].join(
      '.',
    );
    throw invalid(file, `is not the record of a lab run: ${at === '' ? 'it' : at} ${error.message}`);
  }
  // The check above proved all that is read of them here.
  return records as LabRecord[];
}
