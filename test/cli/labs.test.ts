import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'halab-labs-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('halab lab', () => {
  it('lists the labs that ship, and shows each with its steps and assertions', async () => {
    const { stdout } = await runCli(['lab', 'list']);
    expect(stdout).toContain('split-brain');
    const shown = await runCli(['lab', 'show', 'stale-read']);
    expect(shown.stdout).toContain('fault lag replica of 1s');
    expect(shown.stdout).toContain('✔ stale reads in read-your-writes == 0');
    const { stdout: json } = await runCli(['lab', 'show', 'stale-read', '--json']);
    expect(JSON.parse(json)).toMatchObject({ name: 'stale-read', stack: { replicas: 1 } });
  });

  it('writes a lab to begin with, which check reads, and never writes over one', async () => {
    const file = join(folder, 'mine.yaml');
    expect((await runCli(['lab', 'new', file])).exitCode).toBe(0);
    const again = await runCli(['lab', 'new', file]);
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('[FILE_NOT_WRITTEN]')]);
    const checked = await runCli(['lab', 'check', file, 'failover']);
    expect([checked.exitCode, checked.stdout]).toEqual([0, expect.stringContaining('the lab mine, 6 steps')]);
    writeFileSync(file, readFileSync(file, 'utf8').replace('- heal:', '- heel:'));
    const broken = await runCli(['lab', 'check', file]);
    expect(broken.exitCode).toBe(2);
    expect(broken.stderr).toMatch(/mine\.yaml:\d+:\d+: steps\.4\.heel is no step; did you mean "heal"\?/);
  });

  it('prints the file of one that ships, word for word', async () => {
    const { stdout } = await runCli(['lab', 'show', 'failover', '--yaml']);
    expect(stdout).toContain('lab: failover\n');
    const copy = join(folder, 'copy.yaml');
    writeFileSync(copy, stdout);
    expect((await runCli(['lab', 'check', copy])).exitCode).toBe(0);
  });

  it('names the labs there are when it does not know one', async () => {
    for (const line of [
      ['run', 'failovre'],
      ['show', 'failovre'],
      ['check', './no-such.yaml'],
    ]) {
      const { exitCode, stderr } = await runCli(['lab', ...line]);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('[LAB_NOT_FOUND]')]);
    }
  });
});

describe('halab measure', () => {
  it.each([
    [[], 'There is nothing to measure.'],
    [['--read-dsn', 'postgres://x@127.0.0.1/x'], '--read-dsn needs --dsn'],
    [['--post', 'http://127.0.0.1:9/'], '--post and --body go together'],
    [['--post', 'http://127.0.0.1:9/', '--body', '{}'], '--body names no {key}'],
    [['--post', 'http://127.0.0.1:9/', '--body', '{key}'], '--body is no JSON'],
    [['--find', 'http://127.0.0.1:9/', '--url', 'http://127.0.0.1:9/'], '--find needs --post'],
    [['--url', 'ftp://127.0.0.1/'], 'http://'],
    [['--url', 'http://127.0.0.1:9/', '--for', 'soon'], 'a number with its unit'],
  ])('%j is refused with exit code 2', async (words, why) => {
    const { exitCode, stderr } = await runCli(['measure', ...words]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(why)]);
  });
});
