import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';

const module = new URL('../../../src/library/remove-on-signal.ts', import.meta.url).href;

/** A program that holds a stack; the signal comes once it does. */
async function endedBy(signal: NodeJS.Signals, more = ''): Promise<{ told: string; ended: unknown }> {
  const script = `
    const { removeOnSignal } = await import('${module}');
    const guard = removeOnSignal(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      console.log('removed');
    });
    ${more}
    setInterval(() => undefined, 1000);
    console.log('ready');`;
  const program = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
  let told = '';
  program.stdout.on('data', (bytes: Buffer) => {
    told += bytes.toString();
    if (told.endsWith('ready\n')) program.kill(signal);
  });
  const [code, bySignal] = (await once(program, 'close')) as [number | null, string | null];
  return { told, ended: bySignal ?? code };
}

describe('a program that holds a stack', { timeout: 20_000 }, () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('removes it on %s, and is then ended by it', async (signal) => {
    expect(await endedBy(signal)).toEqual({ told: 'ready\nremoved\n', ended: signal });
  });

  it('with a listener of its own ends as that one says', async () => {
    const own = `process.on('SIGTERM', () => { setTimeout(() => process.exit(9), 200); });`;
    expect(await endedBy('SIGTERM', own)).toEqual({ told: 'ready\nremoved\n', ended: 9 });
  });

  it('and gave it back removes nothing', async () => {
    const back = 'guard[Symbol.dispose]();';
    expect(await endedBy('SIGTERM', back)).toEqual({ told: 'ready\n', ended: 'SIGTERM' });
  });
});
