import { readFile } from 'node:fs/promises';
import Type, { type Static } from 'typebox';
import { Errors } from 'typebox/value';
import { HalabError } from '../errors/halab-error.js';
import { type BenchmarkName, resultFormat } from './bench-result.js';

const NumberOrNull = Type.Union([Type.Number(), Type.Null()]);
const Figures = Type.Object({
  throughputPerSecond: NumberOrNull,
  latency: Type.Object({ count: Type.Number(), p50Ms: NumberOrNull, p99Ms: NumberOrNull }),
});

/** What a comparison reads of a saved result; what else it holds is left as it is. */
const SavedResult = Type.Object({
  format: Type.Literal(resultFormat),
  benchmark: Type.String(),
  settings: Type.Record(Type.String(), Type.Unknown()),
  manifest: Type.Object({
    date: Type.String(),
    machine: Type.Record(Type.String(), Type.Unknown()),
    versions: Type.Record(Type.String(), Type.String()),
  }),
  sides: Type.Array(
    Type.Intersect([Figures, Type.Object({ name: Type.String(), rounds: Type.Array(Figures) })]),
  ),
});
export type SavedResult = Static<typeof SavedResult>;

const notAResult = (file: string, why: string, cause?: unknown): HalabError =>
  new HalabError('USAGE', `${file} is no result of halab bench: ${why}.`, {
    hint: 'Name a file that --save has written.',
    cause,
  });

/**
 * Pure.
 *
 * @param file its name, for the message
 * @throws USAGE when the text is no result, or one of another benchmark
 */
export function parseSavedResult(text: string, file: string, benchmark: BenchmarkName): SavedResult {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw notAResult(file, 'it is not JSON', error);
  }
  const [problem] = Errors(SavedResult, data);
  if (problem !== undefined) {
    throw notAResult(file, `${problem.instancePath === '' ? 'it' : problem.instancePath} ${problem.message}`);
  }
  const saved = data as SavedResult;
  if (saved.benchmark !== benchmark) {
    throw new HalabError('USAGE', `${file} is a result of halab bench ${saved.benchmark}.`, {
      hint: `It can be held against another run of that: halab bench ${saved.benchmark} --compare ${file}.`,
    });
  }
  return saved;
}

/** @throws USAGE when the file cannot be read, is no result, or one of another benchmark */
export async function readSavedResult(file: string, benchmark: BenchmarkName): Promise<SavedResult> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new HalabError('USAGE', `${file} cannot be read: ${(error as Error).message}.`, {
      hint: 'Name a file that --save has written.',
      cause: error,
    });
  });
  return parseSavedResult(text, file, benchmark);
}
