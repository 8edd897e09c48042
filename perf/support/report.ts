import { writeFile } from 'node:fs/promises';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { execa } from 'execa';

export interface Options {
  /** Repeats of each side. */
  runs: number;
  /** Where the report is written as JSON. */
  json: string | undefined;
}

export function readOptions(defaultRuns: number): Options {
  const { values } = parseArgs({ options: { runs: { type: 'string' }, json: { type: 'string' } } });
  const runs = Number(values.runs ?? defaultRuns);
  if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs takes a whole number above 0.');
  return { runs, json: values.json };
}

export const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** A table of columns that are as wide as what stands in them; numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return [header, ...rows].map(line).join('\n');
}

/** Where the figures come from. A figure without this cannot be compared with another. */
async function machine(): Promise<object> {
  const docker = await execa('docker', ['version', '--format', '{{.Server.Version}}'], { reject: false });
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: cpus().length,
    memoryBytes: totalmem(),
    system: `${platform()} ${release()}`,
    node: process.version,
    dockerEngine: docker.stdout,
    // Of the last minute, before anything was measured: other work on the machine shows here.
    loadAverageBefore: loadavg()[0],
  };
}

/** Takes note of the machine, measures, prints the table, and writes the JSON where it was asked for. */
export async function report(
  { json }: Options,
  measureAll: () => Promise<{ result: object; text: string }>,
): Promise<void> {
  const conditions = await machine();
  const { result, text } = await measureAll();
  process.stdout.write(`\n${text}\n\n${JSON.stringify(conditions)}\n`);
  if (json !== undefined) {
    await writeFile(json, `${JSON.stringify({ machine: conditions, ...result }, null, 2)}\n`);
    say(`written: ${json}`);
  }
}
