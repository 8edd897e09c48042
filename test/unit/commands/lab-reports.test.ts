import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeJunit, writeReports } from '../../../src/commands/lab-reports.js';
import { failoverRecord } from '../../support/failover-records.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halab-reports-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

describe('the reports of a run', () => {
  it('stand in its folder: a page, Markdown, and the picture that it shows', async () => {
    await writeReports(folder, failoverRecord());
    expect((await readdir(folder)).sort()).toEqual(['report.html', 'report.md', 'timeline.svg']);
    expect(await read('report.html')).toMatch(/^<!doctype html>/);
    expect(await read('report.md')).toContain('](timeline.svg)');
    expect(await read('timeline.svg')).toMatch(/^<svg class="chart"/);
  });

  it('for a CI go where they are asked for', async () => {
    await writeJunit(join(folder, 'lab.xml'), [failoverRecord()]);
    expect(await read('lab.xml')).toContain('<testsuite id="0"');
  });

  it('for a CI that cannot be written are a mistake on the command line', async () => {
    await expect(writeJunit(join(folder, 'no/lab.xml'), [])).rejects.toMatchObject({
      code: 'FILE_NOT_WRITTEN',
      message: expect.stringContaining('no/lab.xml') as string,
    });
  });
});
