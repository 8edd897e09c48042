import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HalabError } from '../errors/halab-error.js';
import type { LabRecord } from '../labs/record.js';
import type { LabSeries } from '../labs/run/series.js';
import { chartFile } from '../ui/report/chart.js';
import { renderHtmlReport } from '../ui/report/html-report.js';
import { renderJunit } from '../ui/report/junit.js';
import { renderMarkdownReport } from '../ui/report/markdown-report.js';
import { renderTimelineSvg, runRange } from '../ui/report/timeline-svg.js';

const pictureFile = 'timeline.svg';

/**
 * Writes `report.html`, `report.md` and its picture, `timeline.svg`, into the folder of a run's evidence.
 *
 * @param series when the lab was run several times: the report shows all of them then
 * @throws an error of the file system
 */
export async function writeReports(folder: string, record: LabRecord, series?: LabSeries): Promise<void> {
  const picture = renderTimelineSvg(record, { id: 'run', title: record.title, range: runRange(record) });
  const files = {
    'report.html': renderHtmlReport(record, series),
    'report.md': renderMarkdownReport(record, { pictureFile, ...(series === undefined ? {} : { series }) }),
    [pictureFile]: chartFile(picture),
  };
  await Promise.all(
    Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text, { mode: 0o600 })),
  );
}

/**
 * Writes the runs as JUnit XML.
 *
 * @throws FILE_NOT_WRITTEN
 */
export async function writeJunit(file: string, records: readonly LabRecord[]): Promise<void> {
  await writeFile(file, renderJunit(records)).catch((error: unknown) => {
    throw new HalabError(
      'FILE_NOT_WRITTEN',
      `The JUnit file cannot be written: ${(error as Error).message}.`,
      {
        hint: 'Name a file in a folder that is there and may be written to.',
        cause: error,
      },
    );
  });
}
