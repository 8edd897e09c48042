import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'halab-bench-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('bench', () => {
  it('lists its benchmarks', async () => {
    const { exitCode, stdout } = await runCli(['bench', '--help']);
    expect(exitCode).toBe(0);
    for (const name of ['cache', 'reads', 'writes', 'mixed', 'pg']) expect(stdout).toMatch(`\n  ${name} `);
  });

  it('cache says what each option is, with its default', async () => {
    const { stdout } = await runCli(['bench', 'cache', '--help']);
    expect(stdout).toMatch(/--rate <number> .*\(default: 1000\)/);
    expect(stdout).toContain('(default: 1.7s)');
    expect(stdout).toContain('--compare <file>');
  });

  it.each([
    ['bench', 'Usage: halab bench'],
    ['bench cash', "unknown command 'cash'"],
    ['bench cache --rate 0', 'It takes a whole number from 1 to 100000'],
    ['bench cache --rate fast', 'It takes a whole number from 1 to 100000'],
    ['bench cache --rounds 0', 'It takes a whole number from 1 to 1000'],
    ['bench cache --connections 65', 'It takes a whole number from 1 to 64'],
    ['bench cache --duration 5ms', 'It takes 100ms to 10m'],
    ['bench cache --duration soon', 'It takes a number with its unit'],
    ['bench cache --seed -1', 'It takes a whole number from 0'],
    ['bench cache --through api', "unknown option '--through'"],
    ['bench pg --duration 1.5s', 'It takes whole seconds'],
    ['bench mixed --write-ratio 2', 'It takes a number from 0 to 1'],
    ['bench reads --through door', 'Allowed choices are api, proxy, replica, pooler'],
    ['bench writes --through replica', 'A replica takes no writes'],
    ['bench mixed --through proxy replica', 'A replica takes no writes'],
    ['bench cache --compare /nowhere/before.json', '/nowhere/before.json cannot be read'],
    ['bench cache --save /nowhere/after.json', '/nowhere/after.json cannot be written'],
  ])('%s exits 2 and says what is wrong', async (line, said) => {
    const { exitCode, stderr } = await runCli(line.split(' '));
    expect(stderr).toContain(said);
    expect(exitCode).toBe(2);
  });

  it('refuses a file that is no result, before it looks for a stack', async () => {
    const file = join(folder, 'other.json');
    writeFileSync(file, '{"name":"halab"}');
    const { exitCode, stderr } = await runCli(['bench', 'cache', '--compare', file]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('is no result of halab bench');
    expect(stderr).toContain('Name a file that --save has written');
  });

  it('without an engine says which address was tried, and exits 6', async () => {
    const { exitCode, stderr } = await runCli(['bench', 'cache']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('No Docker Engine answers');
  });
});
