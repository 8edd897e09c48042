import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { compareRuns } from '../../src/labs/compare/compare-runs.js';
import type { LabRecord } from '../../src/labs/record.js';
import { renderComparePage } from '../../src/ui/report/compare-page.js';
import { renderHtmlReport } from '../../src/ui/report/html-report.js';
import { failoverRecord, repeatedRecords, seriesOf } from '../support/failover-records.js';
import { hostileTexts, recordOf } from '../support/hostile-records.js';
import { idleRecord, lostWriteRecord, staleReadsRecord } from '../support/lab-records.js';

const compared = (...records: readonly LabRecord[]): string =>
  renderComparePage(
    compareRuns(records.map((record, index) => ({ file: `runs/${index}`, records: [record] }))),
  );
const repeated = repeatedRecords(8);

const pages: Record<string, string> = {
  failover: renderHtmlReport(failoverRecord()),
  'stale-reads': renderHtmlReport(staleReadsRecord()),
  'lost-write': renderHtmlReport(lostWriteRecord()),
  idle: renderHtmlReport(idleRecord()),
  repeated: renderHtmlReport(repeated[0] ?? failoverRecord(), seriesOf(repeated)),
  hostile: renderHtmlReport(recordOf(hostileTexts.join(' '))),
  'compare-two': compared(failoverRecord(), lostWriteRecord()),
  'compare-hostile': compared(recordOf(hostileTexts.join(' ')), failoverRecord()),
  'compare-all': compared(failoverRecord(), lostWriteRecord(), staleReadsRecord(), idleRecord(), ...repeated),
};

/** Where screenshots are kept for somebody who wants to look at them; nowhere without it. */
const screenshots = process.env['HALAB_SCREENSHOTS'];

let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halab-report-'));
  // Chromium’s own sandbox does not work for root, as which a CI runs; these pages are the tests’ own.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  browser = await chromium.launch({ executablePath: inject('chromium'), args });
});

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

interface OpenPage {
  page: Page;
  /** What the browser asked for, besides the page, and what it complained of. */
  complaints: string[];
}

async function open(name: string): Promise<OpenPage> {
  const file = join(folder, `${name}.html`);
  await writeFile(file, pages[name] ?? '');
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(file).href) complaints.push(`asked for ${request.url()}`);
  });
  await page.addInitScript({ path: fileURLToPath(new URL('page-checks.js', import.meta.url)) });
  await page.goto(pathToFileURL(file).href);
  return { page, complaints };
}

interface Look {
  width?: number;
  colorScheme?: 'light' | 'dark';
}

describe.each(Object.keys(pages))('the page %s', (name) => {
  let opened: OpenPage;

  beforeAll(async () => {
    opened = await open(name);
  });

  afterAll(async () => {
    await opened.page.close();
  });

  const ask = (what: string): Promise<unknown> => opened.page.evaluate(`pageChecks.${what}()`);

  async function lookAt({ width = 1280, colorScheme = 'light' }: Look): Promise<void> {
    const { page } = opened;
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ media: 'screen', colorScheme });
    if (screenshots !== undefined)
      await page.screenshot({
        path: join(screenshots, `${name}-${width}-${colorScheme}.png`),
        fullPage: true,
      });
  }

  it('asks for nothing and gives the browser no reason to complain', () => {
    expect(opened.complaints).toEqual([]);
  });

  it.each([360, 1280])('is not wider than a window of %d pixels', async (width) => {
    await lookAt({ width });
    expect(await ask('overflow')).toBe(0);
  });

  it.each(['light', 'dark'] as const)('has text that can be read, %s', async (colorScheme) => {
    await lookAt({ colorScheme });
    expect(await ask('textCount')).toBeGreaterThan(20);
    expect(await ask('faintTexts')).toEqual([]);
  });

  it('has pictures whose labels do not touch each other', async () => {
    await lookAt({});
    expect(await ask('collidingLabels')).toEqual([]);
  });

  it('prints on A4, dark on light, with nothing cut off', async () => {
    const { page } = opened;
    // 210 mm less two margins of 14 mm, at 96 dots an inch; 297 mm less the same.
    const paper = { width: 688, height: 1016 };
    await page.setViewportSize(paper);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')).toBe(
      'rgb(255, 255, 255)',
    );
    expect(await ask('overflow')).toBe(0);
    expect(await ask('cutFrames')).toEqual([]);
    expect(await ask('faintTexts')).toEqual([]);
    expect(await ask('tallestPicture')).toBeLessThan(paper.height);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    if (screenshots !== undefined) await writeFile(join(screenshots, `${name}.pdf`), pdf);
  });

  it('runs nothing that a record holds', async () => {
    expect(await opened.page.evaluate('document.scripts.length + document.images.length')).toBe(0);
  });
});
