import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failoverRecord, repeatedRecords } from '../support/failover-records.js';
import { idleRecord, lostWriteRecord } from '../support/lab-records.js';
import { runCli } from '../support/run-cli.js';

let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halab-compare-'));
  await mkdir(at('first'));
  await mkdir(at('empty'));
  await mkdir(at('runs/1'), { recursive: true });
  await mkdir(at('runs/2'));
  const files: Record<string, unknown> = {
    'first/record.json': failoverRecord(),
    'runs/1/record.json': failoverRecord({ outageMs: 400 }),
    'runs/2/record.json': failoverRecord({ outageMs: 436 }),
    'second.json': lostWriteRecord(),
    'idle.json': idleRecord(),
    'repeated.json': repeatedRecords(3),
    'none.json': [],
    'other.json': { hello: 'world' },
    'half.json': [failoverRecord(), { ...failoverRecord(), timeline: { fromMs: 'soon' } }],
  };
  for (const [name, content] of Object.entries(files)) await writeFile(at(name), JSON.stringify(content));
  await writeFile(at('broken.json'), '{"lab": ');
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('halab compare', () => {
  it('puts a folder of evidence beside a record', async () => {
    const { exitCode, stdout, stderr } = await runCli(['compare', at('first'), at('second.json')]);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Write outage +400 ms +620 ms$/m);
  });

  it('takes the runs of a lab that was repeated from one file', async () => {
    const { exitCode, stdout } = await runCli(['compare', at('repeated.json')]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Write outage +400 ms +437 ms +474 ms$/m);
  });

  it('takes a folder of runs as one side', async () => {
    const { exitCode, stdout } = await runCli(['compare', at('runs'), at('first')]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Runs +2 +1$/m);
    expect(stdout).toMatch(/^Write outage +418 ms +400 ms$/m);
  });

  it('prints one object with --json, without the timelines', async () => {
    const { exitCode, stdout } = await runCli(['compare', at('first'), at('idle.json'), '--json']);
    expect(exitCode).toBe(0);
    const data = JSON.parse(stdout) as { sides: { label: string; figures: object }[] };
    expect(data).toMatchObject({
      sides: [
        { label: 'A', lab: 'failover', figures: { writeOutageMs: 400, lost: 0 } },
        { label: 'B', lab: 'idle', figures: { writeOutageMs: null, lost: null } },
      ],
      html: null,
    });
    expect(stdout).not.toContain('writesAcknowledged');
  });

  it('writes a page with the pictures', async () => {
    const page = at('compare.html');
    const { exitCode, stdout } = await runCli(['compare', at('first'), at('second.json'), '--html', page]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(page);
    expect(await readFile(page, 'utf8')).toContain('<svg class="chart"');
  });

  it.each([
    ['missing', 'missing is not there'],
    ['empty', 'holds no record.json, and no folder in it does'],
    ['broken.json', 'is no JSON'],
    ['other.json', 'is not the record of a lab run'],
    ['none.json', 'holds no run'],
    ['half.json', '1.timeline'],
  ])('of %s exits 2 and says which file and why', async (name, reason) => {
    const { exitCode, stdout, stderr } = await runCli(['compare', at('first'), at(name)]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(at(name));
    expect(stderr).toContain(reason);
    expect(stderr).toContain('→ Name the folder of a run’s evidence');
  });

  it('of one run exits 2 and asks for another', async () => {
    const { exitCode, stderr } = await runCli(['compare', at('first')]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('a comparison takes two');
  });

  it('that cannot write its page exits 2 and says why', async () => {
    const page = at('no/such/folder.html');
    const { exitCode, stderr } = await runCli(['compare', at('first'), at('second.json'), '--html', page]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('The page cannot be written');
  });

  it('without a file exits 2', async () => {
    const { exitCode, stderr } = await runCli(['compare']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("missing required argument 'file'");
  });
});
