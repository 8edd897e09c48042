import { expect, it } from 'vitest';
import type { LabRun } from '../../src/labs/lab.js';
import type { Snapshot } from '../../src/stack/snapshot.js';
import { planTestStack, type TestStack } from '../support/stack.js';

const pace = 'the clients kept their pace: none woke later than a quarter of the outage';

/** Runs the main lab and checks its report against itself. */
async function runLab(stack: TestStack, options = ''): Promise<LabRun> {
  const { exitCode, data } = await stack.halabJson(`lab run failover --ports auto${options}`);
  const run = data as LabRun;
  expect(run, JSON.stringify(data)).toMatchObject({ lab: 'failover', stack: stack.name });
  // Beside other tests the machine may be too busy for the clients to keep their pace. The lab must then say that
  // its figures decide nothing; every other assertion holds all the same.
  const undecided = run.assertions.filter(({ passed }) => passed !== true);
  expect(undecided.filter(({ text }) => text !== pace)).toEqual([]);
  expect({ verdict: run.verdict, exitCode }).toEqual(
    undecided.length === 0 ? { verdict: 'passed', exitCode: 0 } : { verdict: 'inconclusive', exitCode: 7 },
  );

  const { ledger, outage } = run;
  expect(ledger.attempted).toBeGreaterThan(100);
  expect(ledger.acknowledged + ledger.failed + ledger.indeterminate).toBe(ledger.attempted);
  expect(ledger).toMatchObject({ unexpected: 0 });
  expect(ledger.failed + ledger.indeterminate).toBeGreaterThan(0);
  expect(outage.writeMs).toBeGreaterThan(outage.resolutionMs ?? Number.NaN);
  for (const path of ['proxy', 'api'] as const) {
    expect(outage.byPath[path]).toMatchObject({ recovered: true });
  }
  // Moments are in order, and the fault is where counting begins.
  expect(run.moments.map(({ atMs }) => atMs)).toEqual(
    run.moments.map(({ atMs }) => atMs).toSorted((a, b) => a - b),
  );
  expect(run.moments).toContainEqual({ name: 'primary killed (SIGKILL sent)', atMs: 0 });
  expect(run.phases.map(({ name }) => name)).toContain('promote');
  expect(run.next).toContain(`halab down --stack ${stack.name}`);
  return run;
}

it('the primary dies under load: every write is accounted for, and a second run replaces the lab’s own stack', async () => {
  await using stack = await planTestStack();
  await runLab(stack);
  // The lab's rows are gone, and the old primary is down.
  expect(await stack.sql('db-replica', 'SELECT count(*) FROM products')).toBe('1000');
  expect(await stack.sql('db-replica', 'SELECT pg_is_in_recovery()')).toBe('f');
  expect(await stack.halabJson('status')).toMatchObject({
    exitCode: 3,
    data: { findings: [{ code: 'node-stopped' }, { code: 'no-redundancy' }] },
  });

  // Killed in the middle of writes it may hold WAL that the replica never got: it cannot follow then, and status
  // says so. A primary it is in no case.
  expect(await stack.halabJson('start db-primary')).toMatchObject({ exitCode: 0, data: { role: 'replica' } });
  await expect
    .poll(
      async () => {
        const { data } = await stack.halabJson('status');
        const { findings } = data as Snapshot;
        return findings.length === 0 ? 'healthy' : findings.map(({ code }) => code).join();
      },
      { timeout: 30_000, interval: 250 },
    )
    .toMatch(/^(healthy|diverged)$/);

  await runLab(stack, ' --haproxy restart');
});

it('a lab leaves alone a stack of the user’s that is not healthy', async () => {
  await using stack = await planTestStack();
  expect((await stack.halab('up --ports auto')).exitCode).toBe(0);
  expect((await stack.halab('stop db-replica')).exitCode).toBe(0);
  const { exitCode, stderr } = await stack.halab('lab run failover');
  expect(exitCode).toBe(4);
  expect(stderr).toContain('[STACK_UNHEALTHY]');
  expect(stderr).toContain('db-replica is not running (exited).');
  expect(stderr).toContain(`halab lab run failover --fresh --stack ${stack.name}`);
  expect(await stack.halabJson('status')).toMatchObject({ data: { proxy: { writesTo: 'db-primary' } } });
});
