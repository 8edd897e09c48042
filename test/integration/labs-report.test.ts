import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabRecord } from '../../src/labs/record.js';
import type { LabSeries } from '../../src/labs/run/series.js';
import { readLedgerFile } from '../../src/measure/ledger-file.js';
import { planTestStack, type TestStack } from '../support/stack.js';
import { unproven } from '../support/undecided.js';
import { collect } from '../unit/measure/histories.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'halab-labs-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the main lab and checks its report against itself. */
async function runLab(stack: TestStack, options = ''): Promise<LabRecord> {
  const { exitCode, data } = await stack.halabJson(
    `lab run failover --ports auto --report ${folder}${options}`,
  );
  const run = data as LabRecord;
  expect(run, JSON.stringify(data)).toMatchObject({ lab: 'failover', stack: stack.name });
  expect(unproven(run.assertions)).toEqual([]);
  expect([
    ['passed', 0],
    ['inconclusive', 7],
  ]).toContainEqual([run.verdict, exitCode]);
  return run;
}

describe('the main lab', () => {
  it('accounts for every write, keeps its evidence, and leaves nothing behind', async () => {
    await using stack = await planTestStack();
    const run = await runLab(stack, ` --junit ${folder}/lab.xml`);
    const { ledger, whole } = run;
    if (ledger === null) throw new Error('Nobody wrote.');
    expect(ledger.attempted).toBeGreaterThan(100);
    expect(ledger.acknowledged + ledger.failed + ledger.indeterminate).toBe(ledger.attempted);
    expect(ledger).toMatchObject({ unexpected: 0 });
    expect(ledger.failed + ledger.indeterminate).toBeGreaterThan(0);
    expect(whole.outage.writeMs).toBeGreaterThan(whole.outage.resolutionMs ?? Number.NaN);
    for (const path of ['proxy', 'api'] as const)
      expect(whole.outage.byPath[path]).toMatchObject({ recovered: true });
    expect(Object.keys(whole.outage.byClientMs).toSorted()).toEqual(['api1', 'api2', 'proxy1', 'proxy2']);
    // Moments are in order, and the fault is where counting begins.
    const times = run.moments.map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(run.moments.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'kill db-primary',
        'replica promoted',
        'proxy repointed',
        'first acknowledged write',
      ]),
    );
    expect(run.bands.filter(({ kind }) => kind === 'phase').map(({ name }) => name)).toContain('promote');

    const evidence = run.evidence ?? '';
    expect(readdirSync(evidence)).toEqual(
      expect.arrayContaining([
        'events.ndjson',
        'ledger.jsonl',
        'logs',
        'record.json',
        'registers.jsonl',
        'report.html',
        'report.md',
        'status-after.json',
        'status-before.json',
      ]),
    );
    expect(readdirSync(join(evidence, 'logs'))).toEqual(
      expect.arrayContaining(['db-primary.log', 'db-replica.log', 'haproxy.log', 'redis.log']),
    );
    // The file alone says the same as the report.
    const written = await collect(readLedgerFile(join(evidence, 'ledger.jsonl')));
    expect(written).toHaveLength(ledger.attempted);
    expect(written.filter(({ outcome }) => outcome === 'acknowledged')).toHaveLength(ledger.acknowledged);
    expect(readFileSync(join(folder, 'lab.xml'), 'utf8')).toContain('<testsuite');
    // No password is in what was kept.
    const { stdout } = await stack.halab('ls --json');
    expect(stdout).not.toContain(stack.name);
    for (const file of ['record.json', 'events.ndjson', 'report.html'])
      expect(readFileSync(join(evidence, file), 'utf8')).not.toMatch(/postgres(ql)?:\/\/[^"]*:[^"]*@/);
  });

  it('keeps the stack with --keep, and another run replaces a stack that a lab made', async () => {
    await using stack = await planTestStack();
    await runLab(stack, ' --keep');
    // The lab's rows are gone, and the old primary is down.
    expect(await stack.sql('db-replica', 'SELECT count(*) FROM products')).toBe('1000');
    expect(await stack.sql('db-replica', 'SELECT pg_is_in_recovery()')).toBe('f');
    expect(await stack.halabJson('status')).toMatchObject({
      exitCode: 3,
      data: { findings: [{ code: 'node-stopped' }, { code: 'no-redundancy' }] },
    });
    const { exitCode, data } = await stack.halabJson(
      `lab run failover --ports auto --report ${folder} --repeat 2`,
    );
    expect([0, 7], JSON.stringify(data)).toContain(exitCode);
    expect(data).toMatchObject({
      lab: 'failover',
      runs: [{}, {}],
    });
    const { spreads } = data as LabSeries;
    expect(spreads[0]).toMatchObject({ name: 'write outage in ms', runs: 2, p95: null });
  });
});

describe('a lab', () => {
  it('leaves alone a stack of the user’s that is not healthy, or does not fit', async () => {
    await using stack = await planTestStack();
    expect((await stack.halab('up --ports auto')).exitCode).toBe(0);
    const unfit = await stack.halab(`lab run switchover --report ${folder}`);
    expect([unfit.exitCode, unfit.stderr]).toEqual([4, expect.stringContaining('it has no pooler')]);
    expect((await stack.halab('stop db-replica')).exitCode).toBe(0);
    const { exitCode, stderr } = await stack.halab(`lab run failover --report ${folder}`);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('[STACK_UNHEALTHY]');
    expect(stderr).toContain('db-replica is not running (exited).');
    expect(stderr).toContain(`halab lab run failover --fresh --stack ${stack.name}`);
    expect(await stack.halabJson('status')).toMatchObject({ data: { proxy: { writesTo: 'db-primary' } } });
  });

  it('whose expectation does not come true fails with exit code 3, and keeps its evidence', async () => {
    await using stack = await planTestStack();
    const { exitCode, data } = await stack.halabJson(
      `lab run test/integration/labs/false-hope.yaml --ports auto --report ${folder}`,
    );
    const run = data as LabRecord;
    expect([exitCode, run.verdict], JSON.stringify(run.assertions)).toEqual([3, 'failed']);
    expect(run.steps.at(-1)).toMatchObject({ outcome: 'failed', text: 'expect writes fail within 500ms' });
    expect(existsSync(join(run.evidence ?? '', 'report.html'))).toBe(true);
  });

  it.for([0, 1, 100])('that loses exactly %i acknowledged writes reports that many', async (count) => {
    await using stack = await planTestStack();
    const { data } = await stack.halabJson(
      `lab run test/integration/labs/lose-${count}.yaml --ports auto --report ${folder}`,
    );
    const run = data as LabRecord;
    expect(unproven(run.assertions)).toEqual([]);
    expect(run.ledger).toMatchObject({ lost: count, verdict: count === 0 ? 'valid' : 'invalid' });
  });
});
