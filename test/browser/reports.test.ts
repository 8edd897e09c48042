import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { compareRuns } from '../../src/labs/compare-runs.js';
import type { LabRecord } from '../../src/labs/record.js';
import { renderComparePage } from '../../src/ui/report/compare-page.js';
import { renderHtmlReport } from '../../src/ui/report/html-report.js';
import {
  failoverRecord,
  hostileTexts,
  idleRecord,
  lostWriteRecord,
  recordOf,
  repeatedRecords,
  seriesOf,
  staleReadsRecord,
} from '../support/lab-records.js';

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

interface OpenPage extends AsyncDisposable {
  page: Page;
  /** What the browser asked for, besides the page, and what it complained of. */
  complaints: string[];
}

interface Look {
  width?: number;
  colorScheme?: 'light' | 'dark';
}

async function open(name: string, { width = 1280, colorScheme = 'light' }: Look = {}): Promise<OpenPage> {
  const file = join(folder, `${name}.html`);
  await writeFile(file, pages[name] ?? '');
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(file).href) complaints.push(`asked for ${request.url()}`);
  });
  await page.addInitScript({ path: fileURLToPath(new URL('page-checks.js', import.meta.url)) });
  await page.goto(pathToFileURL(file).href);
  if (screenshots !== undefined)
    await page.screenshot({ path: join(screenshots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

describe.each(Object.keys(pages))('the page %s', (name) => {
  it('asks for nothing and gives the browser no reason to complain', async () => {
    await using opened = await open(name);
    expect(opened.complaints).toEqual([]);
  });

  it.each([360, 1280])('is not wider than a window of %d pixels', async (width) => {
    await using opened = await open(name, { width });
    expect(await opened.page.evaluate('pageChecks.overflow()')).toBe(0);
  });

  it.each(['light', 'dark'] as const)('has text that can be read, %s', async (colorScheme) => {
    await using opened = await open(name, { colorScheme });
    expect(await opened.page.evaluate('pageChecks.textCount()')).toBeGreaterThan(20);
    expect(await opened.page.evaluate('pageChecks.faintTexts()')).toEqual([]);
  });

  it('has pictures whose labels do not touch each other', async () => {
    await using opened = await open(name);
    expect(await opened.page.evaluate('pageChecks.collidingLabels()')).toEqual([]);
  });

  it('prints on A4, with nothing cut off', async () => {
    // 210 mm less two margins of 14 mm, at 96 dots an inch.
    await using opened = await open(name, { width: 688, colorScheme: 'dark' });
    await opened.page.emulateMedia({ media: 'print' });
    expect(await opened.page.evaluate('pageChecks.overflow()')).toBe(0);
    expect(await opened.page.evaluate('pageChecks.cutFrames()')).toEqual([]);
    expect(await opened.page.evaluate('pageChecks.faintTexts()')).toEqual([]);
    const pdf = await opened.page.pdf({ preferCSSPageSize: true });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    if (screenshots !== undefined) await writeFile(join(screenshots, `${name}.pdf`), pdf);
  });
});

describe('a reader who prefers dark', () => {
  it('sees a dark page, and prints a light one', async () => {
    await using opened = await open('failover', { colorScheme: 'dark' });
    const ground = 'getComputedStyle(document.documentElement).backgroundColor';
    expect(await opened.page.evaluate(ground)).toBe('rgb(20, 23, 28)');
    await opened.page.emulateMedia({ media: 'print' });
    expect(await opened.page.evaluate(ground)).toBe('rgb(255, 255, 255)');
  });
});

describe('what a record holds', () => {
  it('never runs as a script', async () => {
    await using opened = await open('hostile');
    expect(await opened.page.evaluate('document.scripts.length')).toBe(0);
    expect(await opened.page.evaluate('document.images.length')).toBe(0);
  });
});
