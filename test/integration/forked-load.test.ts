import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock/clock.js';
import { type ForkedLoad, forkLoad } from '../../src/measure/fork-load.js';

const folder = mkdtempSync(join(tmpdir(), 'halab-forked-load-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

// Nothing listens here: each write fails, and is in the ledger.
const options = (runId: string) => ({
  writeUrl: 'postgres://app:secret@127.0.0.1:1/shop',
  apiUrl: 'http://127.0.0.1:1',
  runId,
  groups: {},
  registerIds: [],
  ledgerPath: join(folder, `${runId}.jsonl`),
  registersPath: join(folder, `${runId}-registers.jsonl`),
});
const fork = (signal?: AbortSignal): ForkedLoad =>
  forkLoad({ clock: systemClock, emit: () => undefined, signal });

/** The processes of loads that this process started. */
const childrenOf = (pid: number): number[] => {
  try {
    return execFileSync('pgrep', ['--parent', String(pid), '--full', 'load-child'], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(Number);
  } catch {
    return [];
  }
};
const hasEnded = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

describe('a load in a process of its own', () => {
  it('keeps its ledger on the clock of its owner', async () => {
    const beforeMs = systemClock.nowMs();
    const own = options('clock');
    await using load = fork();
    expect(await load.start(own)).toBe(6);
    const watch = await load.watch();
    await vi.waitFor(async () => {
      expect((await load.figures(watch)).writes.failed).toBeGreaterThan(10);
    }, 10_000);
    await load.stop();
    const { fromMs, untilMs } = await load.end(watch);
    const times = readFileSync(own.ledgerPath, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { time: number }).time / 1e6);
    for (const timeMs of [...times, fromMs, untilMs]) {
      expect(timeMs).toBeGreaterThan(beforeMs);
      expect(timeMs).toBeLessThan(systemClock.nowMs());
    }
    expect(await load.judge(undefined, [])).toMatchObject({ verdict: 'unknown', lost: null });
  });

  it('answers with the error of what was asked', async () => {
    await using load = fork();
    await expect(load.watch()).rejects.toThrow('not started');
    await expect(load.start(options('no run id'))).rejects.toThrow('run id');
  });

  it('lets nobody wait for an answer after Ctrl-C, and answers on', async () => {
    const interruption = new AbortController();
    await using load = fork(interruption.signal);
    await load.start(options('interrupted'));
    const waiting = load.steady({ writesPerClient: 1, timeoutMs: 60_000 });
    const seen = expect(waiting).rejects.toThrow('interrupted');
    interruption.abort(new Error('interrupted'));
    await seen;
    expect(await load.attempted()).toBeGreaterThan(0);
  });

  it('has its whole ledger on disk when it is let go while somebody waits for an answer', async () => {
    const own = options('letgo');
    const load = fork();
    await load.start(own);
    // It ends without a word of its own.
    const seen = expect(load.steady({ writesPerClient: 1, timeoutMs: 60_000 })).rejects.toThrow(/ended: $/);
    await vi.waitFor(async () => {
      expect(await load.attempted()).toBeGreaterThan(10);
    }, 10_000);
    await load[Symbol.asyncDispose]();
    await seen;
    const types = readFileSync(own.ledgerPath, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types.filter((type) => type === 'invoke')).toHaveLength(types.length / 2);
  });

  it('lets nobody wait for an answer when it dies', async () => {
    await using load = fork();
    await load.start(options('killed'));
    const waiting = load.steady({ writesPerClient: 1, timeoutMs: 60_000 });
    const killed = {
      code: 'CLIENTS_ENDED',
      message: 'The process of the clients was ended by SIGKILL.',
    };
    const seen = expect(waiting).rejects.toMatchObject(killed);
    const [pid] = childrenOf(process.pid);
    if (pid === undefined) throw new Error('There is no process of the load.');
    process.kill(pid, 'SIGKILL');
    await seen;
    await expect(load.attempted()).rejects.toMatchObject(killed);
  });

  it('goes on when Ctrl-C reaches the group of its owner, and ends with it, however that ends', async () => {
    const module = fileURLToPath(new URL('../../dist/', import.meta.url));
    const program = `import { forkLoad } from '${module}measure/fork-load.js';
      import { systemClock } from '${module}clock/clock.js';
      process.on('SIGINT', () => undefined);
      const load = forkLoad({ clock: systemClock, emit: () => undefined });
      await load.start(${JSON.stringify(options('owner'))});
      process.stdout.write('started');
      process.on('SIGINT', async () => process.stdout.write(String(await load.attempted())));
      setInterval(() => undefined, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (owner.pid === undefined) throw new Error('The owner did not start.');
    await once(owner.stdout, 'data');
    const [pid = 0] = childrenOf(owner.pid);
    process.kill(-owner.pid, 'SIGINT');
    const [attempted] = (await once(owner.stdout, 'data')) as [Buffer];
    expect(Number(attempted.toString())).toBeGreaterThan(0);
    expect(hasEnded(pid)).toBe(false);
    owner.kill('SIGKILL');
    await vi.waitFor(() => {
      expect(hasEnded(pid)).toBe(true);
    }, 10_000);
  });
});
